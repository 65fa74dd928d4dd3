// SPDX-License-Identifier: Apache-2.0
import { isLoaderDeath, type ObjectEvidence, type ProgramEvidence, type WholeEvidence } from '../model/evidence.js';
import type { Guest } from './client.js';
import { lookUpSymbol, probedFunction } from './kernel-names.js';
import { inspectObject } from './inspect.js';
import type { LoadMemo } from './load-memo.js';
import { loadEach } from './load-each.js';
import { loadWhole } from './load-whole.js';
import type { LoaderOptions } from './loader.js';

export interface ExamineOptions extends LoaderOptions {
  /** Milliseconds for one program. */
  readonly programMs: number;
  /** Milliseconds for loading and attaching the whole object. */
  readonly wholeMs: number;
  /** Nothing more is asked of this guest: do not wait until all is detached. */
  readonly last?: boolean;
  readonly memo?: LoadMemo | undefined;
  /** Programs that are loaded; left out, all of them. */
  readonly asked?: (program: string) => boolean;
  /** Programs that the whole is loaded without where they do not load; left out, none. */
  readonly excused?: (program: string) => boolean;
  readonly onProgram?: (evidence: ProgramEvidence) => void;
}

/** Everything that one kernel says about one uploaded object: declared, each program alone, the whole, attached. */
export async function examineObject(
  guest: Guest,
  object: string,
  path: string,
  options: ExamineOptions,
): Promise<ObjectEvidence> {
  const inspected = await inspectObject(guest, path, options.programMs);
  const { open } = inspected;
  const { wholeMs, last: linger = false, asked = () => true } = options;
  const declared = { ...inspected.declared, programs: inspected.declared.programs.filter(({ name }) => asked(name)) };
  if (open.errno !== 0) return { object, open, declared, programs: [], maps: [], whole: null };
  const unasked = inspected.declared.programs.map(({ name }) => name).filter((name) => !asked(name));
  const pass = await loadEach(guest, path, declared, {
    ...options,
    ...(canRemember(declared) ? {} : { memo: undefined }),
    attachMs: wholeMs,
    linger,
    unasked,
  });
  const { programs, maps } = pass;
  const leftOut = leftOutOf(declared, programs, options);
  const without = { programs: [...unasked, ...leftOut], maps: needlessMaps(pass, leftOut, unasked) };
  const whole =
    pass.whole ?? (await loadWhole(guest, path, { ...options, attach: true, linger, without, timeout: wholeMs }));
  return { object, open, declared, programs, maps, whole: await withSymbols(guest, { ...whole, leftOut }, declared) };
}

/** What an agent that can do without would not load here. */
function leftOutOf(
  declared: ObjectEvidence['declared'],
  programs: readonly ProgramEvidence[],
  { excused = () => false }: ExamineOptions,
): readonly string[] {
  const failed = programs.filter(({ stage, errno }) => stage !== 'done' || errno !== 0).map(({ program }) => program);
  const loadable = declared.programs.filter(({ autoload }) => autoload).map(({ name }) => name);
  return loadable.filter((name) => excused(name) && failed.includes(name));
}

/**
 * Maps that this kernel cannot create, and that only programs use which are left out. Nothing is known of what programs
 * use that were not asked: then it is each that no other program uses.
 */
function needlessMaps(
  { programs, maps }: Pick<ObjectEvidence, 'programs' | 'maps'>,
  leftOut: readonly string[],
  unasked: readonly string[],
): readonly string[] {
  const usedBy = (map: string) => programs.filter(({ missingMaps }) => missingMaps.includes(map));
  return maps
    .filter(({ errno }) => errno !== 0)
    .map(({ map }) => map)
    .filter((map) => usedBy(map).every(({ program }) => leftOut.includes(program)))
    .filter((map) => unasked.length > 0 || usedBy(map).length > 0);
}

/** Observations for the functions that probes could not be put on. */
async function withSymbols(
  guest: Guest,
  whole: WholeEvidence,
  { programs }: ObjectEvidence['declared'],
): Promise<WholeEvidence> {
  const attach = new Map(whole.attach);
  for (const [name, outcome] of whole.attach) {
    const wanted = probedFunction(programs.find((program) => program.name === name)?.section ?? '');
    if (outcome.kind !== 'failed' || isLoaderDeath(outcome.errno) || wanted === null) continue;
    attach.set(name, { ...outcome, symbol: await lookUpSymbol(guest, wanted) });
  }
  return { ...whole, attach };
}

/** Maps that libbpf fills with programs want real ones. */
function canRemember({ maps }: ObjectEvidence['declared']): boolean {
  return !maps.some(({ type }) => type === 'prog_array' || type === 'struct_ops');
}
