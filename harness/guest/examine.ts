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
  readonly onProgram?: (evidence: ProgramEvidence) => void;
}

/** Everything that one kernel says about one uploaded object: declared, each program alone, the whole, attached. */
export async function examineObject(
  guest: Guest,
  object: string,
  path: string,
  options: ExamineOptions,
): Promise<ObjectEvidence> {
  const { open, declared } = await inspectObject(guest, path, options.programMs);
  if (open.errno !== 0) return { object, open, declared, programs: [], maps: [], whole: null };
  const { wholeMs, last: linger = false } = options;
  const pass = await loadEach(guest, path, declared, {
    ...options,
    ...(canRemember(declared) ? {} : { memo: undefined }),
    attachMs: wholeMs,
    linger,
  });
  const { programs, maps } = pass;
  const whole = pass.whole ?? (await loadWhole(guest, path, { ...options, attach: true, linger, timeout: wholeMs }));
  return { object, open, declared, programs, maps, whole: await withSymbols(guest, whole, declared) };
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
