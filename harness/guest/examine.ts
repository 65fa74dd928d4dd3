// SPDX-License-Identifier: Apache-2.0
import {
  isLoaderDeath,
  type MapEvidence,
  type ObjectEvidence,
  type PartialEvidence,
  type ProgramDeclaration,
  type ProgramEvidence,
  type WholeEvidence,
} from '../model/evidence.js';
import type { ObjectNeeds } from '../model/needs.js';
import type { Guest } from './client.js';
import { lookUpSymbol, probedFunction } from './kernel-names.js';
import { inspectObject } from './inspect.js';
import type { LoadMemo } from './load-memo.js';
import { loadEach } from './load-each.js';
import { type LeftOut, loadWhole, type LoadWholeOptions } from './load-whole.js';
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
  readonly onProgram?: (evidence: ProgramEvidence) => void;
}

/** Everything that one kernel says about one uploaded object: declared, each program alone, the whole, attached. */
export async function examineObject(
  guest: Guest,
  object: string,
  path: string,
  options: ExamineOptions,
): Promise<ObjectEvidence> {
  const { wholeMs, last: linger = false, needs = null } = options;
  const { open, declared: own, fixups } = await inspectObject(guest, path, options.programMs, needs);
  const given = { ...(needs === null ? {} : { needs }), ...(fixups.length === 0 ? {} : { fixups }) };
  if (open.errno !== 0) return { object, open, declared: own, programs: [], maps: [], whole: null, ...given };
  const { asked, unasked } = askedOf(own.programs, options);
  const declared = { ...own, programs: asked.map((program) => withAutoload(program, needs)) };
  const pass = await loadEach(guest, path, declared, {
    ...options,
    ...(canRemember(declared) ? {} : { memo: undefined }),
    attachMs: wholeMs,
    linger,
    unasked,
  });
  const { programs, maps } = pass;
  const placed = { ...declared, programs: declared.programs.map((program) => withPlace(program, needs)) };
  const asAgent = { ...options, attach: true, linger, timeout: wholeMs, without: withoutUnasked(pass, unasked) };
  const whole = pass.whole ?? (await loadWhole(guest, path, asAgent));
  const leftOut = whole.stage === 'done' && whole.errno === 0 ? null : leftOutOf(declared.programs, programs, maps);
  const partial = leftOut === null ? null : await loadPartially(guest, path, placed, { ...asAgent, leftOut });
  return {
    ...{ object, open, declared, programs, maps },
    whole: await withSymbols(guest, whole, placed),
    ...(partial === null ? {} : { partial }),
    ...given,
  };
}

function askedOf(all: readonly ProgramDeclaration[], { asked = () => true }: ExamineOptions) {
  return {
    asked: all.filter(({ name }) => asked(name)),
    unasked: all.map(({ name }) => name).filter((name) => !asked(name)),
  };
}

/** Without programs that nobody asked about, and maps that this kernel cannot create and no other program uses. */
function withoutUnasked(
  { programs, maps }: Pick<ObjectEvidence, 'programs' | 'maps'>,
  unasked: readonly string[],
): LeftOut {
  if (unasked.length === 0) return { programs: [], maps: [] };
  const used = new Set(programs.flatMap(({ missingMaps }) => missingMaps));
  const refused = maps.filter(({ errno }) => errno !== 0).map(({ map }) => map);
  return { programs: unasked, maps: refused.filter((map) => !used.has(map)) };
}

/** With the section that it would have if it named the place that the configuration gives it. */
function withPlace(program: ProgramDeclaration, needs: ObjectNeeds | null): ProgramDeclaration {
  const attach = needs?.programs.find(({ name }) => name === program.name)?.attach ?? null;
  // A function of a BPF program is none that the kernel could be asked about.
  return typeof attach !== 'string'
    ? program
    : { ...program, section: `${program.section.replace(/\/.*$/, '')}/${attach}` };
}

/** As the configuration has it; a program that is off is one that the whole is loaded without, as with SEC("?..."). */
function withAutoload(program: ProgramDeclaration, needs: ObjectNeeds | null): ProgramDeclaration {
  const autoload = needs?.programs.find(({ name }) => name === program.name)?.autoload ?? null;
  return autoload === null ? program : { ...program, autoload };
}

/** What an agent with optional programs would go without; null when that is nothing, or all. */
function leftOutOf(
  declared: ObjectEvidence['declared']['programs'],
  programs: readonly ProgramEvidence[],
  maps: readonly MapEvidence[],
): LeftOut | null {
  const wanted = new Set(declared.filter(({ autoload }) => autoload).map(({ name }) => name));
  const asked = programs.filter(({ program }) => wanted.has(program));
  const failed = asked.filter(({ stage, errno }) => stage !== 'done' || errno !== 0);
  const refused = maps.filter(({ errno }) => errno !== 0).map(({ map }) => map);
  if (failed.length === asked.length || failed.length + refused.length === 0) return null;
  return { programs: failed.map(({ program }) => program), maps: refused };
}

async function loadPartially(
  guest: Guest,
  path: string,
  declared: ObjectEvidence['declared'],
  { leftOut, ...options }: LoadWholeOptions & { readonly without: LeftOut; readonly leftOut: LeftOut },
): Promise<PartialEvidence> {
  const { programs, maps } = leftOut;
  const without = { programs: [...options.without.programs, ...programs], maps };
  const part = await withSymbols(guest, await loadWhole(guest, path, { ...options, without }), declared);
  return { ...part, withoutPrograms: programs, withoutMaps: maps };
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
