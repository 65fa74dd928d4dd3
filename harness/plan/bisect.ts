// SPDX-License-Identifier: Apache-2.0
import type { KernelId } from '../model/kernel.js';
import { seriesOf } from '../model/point-release.js';

/** What releases answered: equal words are the same verdict; null for a release that gave none. */
export type Answers = ReadonlyMap<KernelId, string | null>;

/**
 * Which releases to ask next, in order; none when all flips are found. First both ends of each series, because a verdict
 * may flip more than once; then the middle between neighbours that differ, until they are neighbours in `order`. A
 * release without an answer is passed over. Two flips inside one series that cancel out are found with `all` alone.
 */
export function nextProbes(order: readonly KernelId[], answers: Answers, all: boolean): readonly KernelId[] {
  const open = order.filter((id) => !answers.has(id));
  if (all) return open;
  const askable = order.filter((id) => answers.get(id) !== null);
  const ends = askable.filter((id, at) => isEnd(id, askable[at - 1]) || isEnd(id, askable[at + 1]));
  const unasked = ends.filter((id) => open.includes(id));
  return unasked.length > 0 ? unasked : middles(askable, answers);
}

function isEnd(id: KernelId, neighbour: KernelId | undefined): boolean {
  return neighbour === undefined || seriesOf(id) !== seriesOf(neighbour);
}

function middles(askable: readonly KernelId[], answers: Answers): readonly KernelId[] {
  const asked = [...askable.entries()].filter(([, id]) => answers.has(id));
  return asked.slice(1).flatMap(([to, after], index) => {
    const [from, before] = asked[index] ?? [to, after];
    if (to - from < 2 || answers.get(before) === answers.get(after)) return [];
    return askable.slice((from + to) >> 1, ((from + to) >> 1) + 1);
  });
}
