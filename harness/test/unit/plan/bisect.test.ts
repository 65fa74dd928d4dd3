// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { comparePoints, isBetween, pointVersion, seriesOf } from '../../../model/point-release.js';
import { type Answers, nextProbes } from '../../../plan/bisect.js';

/** Answers questions until there are none, and tells the rounds and what is known. */
function search(order: readonly string[], truth: (id: string) => string | null, all = false) {
  const answers = new Map<string, string | null>();
  const rounds: (readonly string[])[] = [];
  for (;;) {
    const next = nextProbes(order, answers, all);
    if (next.length === 0) break;
    if (rounds.length > 50) throw new Error('does not end');
    rounds.push(next);
    for (const id of next) {
      expect(answers.has(id)).toBe(false);
      answers.set(id, truth(id));
    }
  }
  return { rounds, flips: flipsIn(order, answers) };
}

function flipsIn(order: readonly string[], answers: Answers): readonly string[] {
  const known = order.filter((id) => (answers.get(id) ?? null) !== null);
  return known.slice(1).flatMap((id, at) => {
    const before = known[at] ?? '';
    return answers.get(before) === answers.get(id) ? [] : [`${before} ${id}`];
  });
}

const points = (series: string, from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => `${series}.${from + at}`);

describe('which releases to ask', () => {
  const order = [...points('6.1', 1, 20), ...points('6.12', 1, 33), '6.16.3', '6.16.12', '6.17.8'];

  it('first both ends of each series, then the middle between those that differ', () => {
    const { rounds, flips } = search(order, (id) => (id.startsWith('6.12.') || id.startsWith('6.16') ? 'no' : 'yes'));
    expect(rounds).toEqual([['6.1.1', '6.1.20', '6.12.1', '6.12.33', '6.16.3', '6.16.12', '6.17.8']]);
    expect(flips).toEqual(['6.1.20 6.12.1', '6.16.12 6.17.8']);
  });

  it('finds a flip inside a series in as many rounds as halving takes', () => {
    const { rounds, flips } = search(order, (id) => (comparePoints(pointVersion(id)!, [6, 12, 17]) < 0 ? 'yes' : 'no'));
    expect(flips).toEqual(['6.12.16 6.12.17']);
    expect(rounds.length).toBeLessThanOrEqual(7);
    expect(rounds.slice(1).every((round) => round.length === 1)).toBe(true);
  });

  it('finds several flips, each between neighbours', () => {
    const late = (id: string): boolean => comparePoints(pointVersion(id)!, [6, 1, 5]) >= 0;
    const { flips } = search(order, (id) => (id.startsWith('6.1.') ? (late(id) ? 'b' : 'a') : seriesOf(id)));
    expect(flips).toEqual(['6.1.4 6.1.5', '6.1.20 6.12.1', '6.12.33 6.16.3', '6.16.12 6.17.8']);
  });

  it('passes over a release that gives no answer, at an end and in the middle', () => {
    const holes = ['6.1.20', '6.12.1', '6.12.17'];
    const { flips } = search(order, (id) =>
      holes.includes(id) ? null : comparePoints(pointVersion(id)!, [6, 12, 17]) < 0 ? 'yes' : 'no',
    );
    expect(flips).toEqual(['6.12.16 6.12.18']);
  });

  it('misses what cancels out inside a series, and says so in its help: --all finds it', () => {
    const truth = (id: string): string => (id === '6.12.9' ? 'no' : 'yes');
    expect(search(order, truth).flips).toEqual([]);
    const { rounds, flips } = search(order, truth, true);
    expect(rounds).toEqual([order]);
    expect(flips).toEqual(['6.12.8 6.12.9', '6.12.9 6.12.10']);
  });

  it('ends where nothing answers, and for one release', () => {
    expect(search(order, () => null).flips).toEqual([]);
    expect(search(['6.1.1'], () => 'yes').rounds).toEqual([['6.1.1']]);
  });
});

describe('versions', () => {
  it.each([
    ['6.1', '6.17', '6.17.13', true],
    ['6.1', '6.17', '6.1.1', true],
    ['6.1', '6.17', '6.18.1', false],
    ['6.1', '6.17', '5.10.262', false],
    ['6.12.43', '6.12.48', '6.12.48', true],
    ['6.12.43', '6.12.48', '6.12.49', false],
    ['6.12.43', '6.12', '6.12.9', false],
  ])('%s to %s: %s is in: %s', (from, to, version, expected) => {
    expect(isBetween(pointVersion(version)!, pointVersion(from)!, pointVersion(to)!)).toBe(expected);
  });

  it.each(['', '6', '6.x', '6.1.2.3', 'v6.1', '6.1-rc1'])('%j is none', (text) => {
    expect(pointVersion(text)).toBeNull();
  });
});
