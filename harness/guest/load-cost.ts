// SPDX-License-Identifier: Apache-2.0
import type { LineCost, ProgramCost } from '../model/cost.js';
import type { LineInfo } from '../model/evidence.js';
import { sumOf } from '../model/sum.js';
import type { Guest } from './client.js';
import { errno } from './errors.js';
import { getFile } from './files.js';
import type { LeftOut } from './load-whole.js';
import { encodeLoader, type LoaderOptions } from './loader.js';
import { costsShape } from './messages.js';
import { decodeMessage, type Message } from './shape.js';
import { parseVerifierStats } from './verifier-stats.js';
import { workerDeath } from './worker.js';

export interface CostOptions extends LoaderOptions {
  /** Milliseconds for one pass over the object. */
  readonly timeout: number;
}

/** What the verifier spends on each of `programs`, line by line; they are known to come to the verifier. */
export async function loadCosts(
  guest: Guest,
  path: string,
  { programs, leftOut }: { readonly programs: readonly string[]; readonly leftOut: LeftOut },
  { timeout, ...loader }: CostOptions,
): Promise<readonly ProgramCost[]> {
  const found = new Map<string, ProgramCost>();
  const skipped = new Set(leftOut.programs);
  for (;;) {
    const request = { path, timeoutMs: timeout, skipProgram: [...skipped], withoutMap: leftOut.maps };
    const reply = await guest.call('loadCost', { ...request, ...encodeLoader(loader) }, timeout);
    const costs = reply.costsPath === undefined ? [] : await readCosts(guest, reply.costsPath);
    for (const cost of costs) found.set(cost.program, cost);
    for (const { program } of costs) skipped.add(program);
    const death = workerDeath(reply, timeout);
    const at = death?.stage === 'prog' ? death.at : reply.stoppedAt;
    const hasMore = at !== undefined && programs.includes(at) && !skipped.has(at);
    if (hasMore) skipped.add(at);
    // Nothing new, or all of it: another pass would find no more.
    if (!hasMore || programs.every((name) => skipped.has(name))) break;
  }
  return programs.map((name) => found.get(name) ?? uncounted(name));
}

/** Its log took longer than there was time, or the loader died of it. */
function uncounted(program: string): ProgramCost {
  const none = { insns: null, counted: 0, totalStates: null, peakStates: null, lines: [] };
  return { program, logErrno: errno.ETIMEDOUT, logBytes: 0, ...none };
}

type Answer = Message<typeof costsShape>['program'][number];

async function readCosts(guest: Guest, path: string): Promise<readonly ProgramCost[]> {
  return decodeMessage(costsShape, await getFile(guest, path)).program.map(costOf);
}

function costOf(answer: Answer): ProgramCost {
  const { insns, totalStates, peakStates } = parseVerifierStats(answer.statsLog, {});
  const lines = lineCosts(answer);
  return {
    program: answer.name,
    logErrno: answer.errno,
    logBytes: answer.logBytes,
    insns,
    counted: sumOf(lines.map(({ visits }) => visits)),
    totalStates,
    peakStates,
    lines,
  };
}

/** Bytes of one instruction's visits: how often, and how often a path ended there. */
const visitSize = 8;

/** Adds up the instructions of each line, dearest first. */
export function lineCosts({ visits, lineInfo, function: functions, unplaced }: Omit<Answer, 'name'>): LineCost[] {
  const view = new DataView(visits.buffer, visits.byteOffset, visits.byteLength);
  const rows = new Map<string, LineCost>();
  const [inLine, inFunction] = [follow(lineInfo), follow(functions)];
  for (let insn = 0; insn < visits.byteLength / visitSize; insn++) {
    const [place, within] = [inLine(insn), inFunction(insn)];
    const count = view.getUint32(insn * visitSize, true);
    if (count === 0) continue;
    const pruned = view.getUint32(insn * visitSize + 4, true);
    add(rows, { ...placeOf(place), function: within?.name ?? '', insns: 1, visits: count, passes: count, pruned });
  }
  if (unplaced > 0) {
    add(rows, { ...placeOf(undefined), function: '', insns: 1, visits: unplaced, passes: unplaced, pruned: 0 });
  }
  return [...rows.values()].sort((a, b) => b.visits - a.visits || a.line - b.line);
}

function placeOf(place: LineInfo | undefined): Pick<LineCost, 'file' | 'line' | 'text'> {
  return { file: place?.file ?? '', line: place?.line ?? 0, text: place?.text.trim() ?? '' };
}

function add(rows: Map<string, LineCost>, one: LineCost): void {
  const key = JSON.stringify([one.function, one.file, one.line]);
  const row = rows.get(key);
  rows.set(
    key,
    row === undefined
      ? one
      : {
          ...row,
          insns: row.insns + 1,
          visits: row.visits + one.visits,
          passes: Math.max(row.passes, one.passes),
          pruned: row.pruned + one.pruned,
        },
  );
}

/** The last record at or before an instruction, asked for in ascending order; records are in that order, too. */
function follow<R extends { readonly insn: number }>(records: readonly R[]): (insn: number) => R | undefined {
  let next = 0;
  return (insn) => {
    while ((records[next]?.insn ?? Infinity) <= insn) next++;
    return records[next - 1];
  };
}
