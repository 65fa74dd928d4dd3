// SPDX-License-Identifier: Apache-2.0
import type { Blame, BlamedLine, KnownCost, KnownLine } from '../model/blame.js';
import { isExactCost, type LineCost, type ProgramCost } from '../model/cost.js';
import { groupsByKey } from '../model/grouped-by.js';
import { sumOf } from '../model/sum.js';

type Place = Pick<LineCost, 'function' | 'file' | 'line' | 'text'>;

/** A part of the growth below which a changed line does not come before others. */
const leastShare = 0.1;
/** Lines that are blamed. */
const blamedLines = 5;

/**
 * The lines on which a program grew. Lines are the same by function, file and text, whatever their number: code above them may
 * come and go. What has no equal is taken in order for what it replaces. Null where `cost` is of a program that did not grow.
 */
export function blameGrowth(before: KnownCost, cost: ProgramCost): Blame | null {
  const now = cost.insns ?? cost.counted;
  const exact = isExactCost(cost);
  if (exact && now <= before.insns) return null;
  const old = olderLines(before.lines, cost.lines);
  const grown = cost.lines.flatMap((line) => grownLine(line, old.get(line), before.unnamed) ?? []);
  const all = sumOf(grown.map((line) => line.now - line.before));
  const lines = grown.map((line) => ({ ...line, share: (line.now - line.before) / all })).sort(byBlame);
  return { before: before.insns, now, lines: lines.slice(0, blamedLines), exact };
}

/** Null where it did not grow. */
function grownLine(line: LineCost, older: Older | undefined, unnamed: number): Omit<BlamedLine, 'share'> | null {
  const { function: name, file, line: number, text, visits: now } = line;
  const before = older?.line.visits ?? unnamed;
  const changed = older === undefined ? unnamed === 0 : older.replaced;
  return now > before ? { function: name, file, line: number, text, before, now, changed } : null;
}

const isCause = ({ changed, share }: BlamedLine): boolean => changed && share >= leastShare;

function byBlame(a: BlamedLine, b: BlamedLine): number {
  return Number(isCause(b)) - Number(isCause(a)) || b.share - a.share;
}

interface Older {
  readonly line: KnownLine;
  /** Its text was another. */
  readonly replaced: boolean;
}

/** What each line was before. */
function olderLines(before: readonly KnownLine[], now: readonly LineCost[]): ReadonlyMap<LineCost, Older> {
  const found = new Map<LineCost, Older>();
  const taken = new Set<KnownLine>();
  const pair = (line: LineCost, older: KnownLine | undefined, replaced: boolean): void => {
    if (older === undefined) return;
    found.set(line, { line: older, replaced });
    taken.add(older);
  };
  const same = groupsOf(before, (line) => [line.function, line.file, line.text]);
  for (const [key, lines] of groupsOf(now, (line) => [line.function, line.file, line.text])) {
    for (const [at, line] of lines.entries()) pair(line, same.get(key)?.[at], false);
  }
  const left = groupsOf(
    before.filter((line) => !taken.has(line)),
    (line) => [line.function, line.file],
  );
  const fresh = now.filter((line) => !found.has(line));
  for (const [key, lines] of groupsOf(fresh, (line) => [line.function, line.file])) {
    for (const [at, line] of lines.entries()) pair(line, left.get(key)?.[at], true);
  }
  return found;
}

/** Lines with the same key, in the order of the file. */
function groupsOf<L extends Place>(
  lines: readonly L[],
  keyOf: (line: L) => unknown,
): ReadonlyMap<string, readonly L[]> {
  const inOrder = [...lines].sort((a, b) => a.line - b.line);
  return groupsByKey(inOrder, (line) => JSON.stringify(keyOf(line)));
}
