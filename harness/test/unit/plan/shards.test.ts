// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { PlannedUnit, WeighedUnit } from '../../../model/shard.js';
import { sharedOut } from '../../../plan/shards.js';

const seconds: Readonly<Record<string, number>> = { load: 8, lsm: 52, 'lsm-override': 12, 'no-lsm': 15 };
const unitsOf = (kernels: readonly string[]): readonly WeighedUnit[] =>
  kernels.flatMap((kernel) => Object.entries(seconds).map(([session, took]) => ({ kernel, session, seconds: took })));

/** Seconds of each shard, without what a kernel costs. */
function loads(units: readonly PlannedUnit[], total: number): readonly number[] {
  return Array.from({ length: total }, (_, index) =>
    units.filter(({ shard }) => shard === index + 1).reduce((sum, unit) => sum + unit.seconds, 0),
  );
}

it('gives each kernel whole to a shard where that comes out even', () => {
  const planned = sharedOut(unitsOf(['a', 'b', 'c']), 3);
  for (const kernel of ['a', 'b', 'c']) {
    expect(new Set(planned.filter((unit) => unit.kernel === kernel).map(({ shard }) => shard)).size).toBe(1);
  }
  expect(loads(planned, 3)).toEqual([87, 87, 87]);
});

it('tears a kernel apart where there are more shards than kernels', () => {
  const planned = sharedOut(unitsOf(['a']), 3);
  expect(loads(planned, 3)).toEqual([52, 15, 20]);
});

it('leaves shards without anything where there is nothing left for them', () => {
  const planned = sharedOut(unitsOf(['a']), 6);
  expect(loads(planned, 6)).toEqual([52, 15, 12, 8, 0, 0]);
  expect(sharedOut([], 2)).toEqual([]);
});

it('has each unit once, in the order that it was given, whatever the number of shards', () => {
  const units = unitsOf(['a', 'b', 'c', 'd', 'e']);
  for (let total = 1; total <= 12; total++) {
    const planned = sharedOut(units, total);
    expect(planned.map(({ kernel, session, seconds: took }) => ({ kernel, session, seconds: took }))).toEqual(units);
    expect(planned.every(({ shard }) => shard >= 1 && shard <= total)).toBe(true);
  }
});

it('is even: no shard has more than its part and the longest unit', () => {
  const units = unitsOf(Array.from({ length: 13 }, (_, index) => `k${index}`));
  const all = 13 * 87;
  for (const total of [2, 3, 4, 5, 7]) {
    // What each kernel costs a shard that has any of it comes on top.
    expect(Math.max(...loads(sharedOut(units, total), total))).toBeLessThan(all / total + 52 + 8);
  }
});

it('gives what is slow a shard of its own', () => {
  const slow = unitsOf(['a', 'b', 'c']).map((unit) =>
    unit.kernel === 'b' ? { ...unit, seconds: 10 * unit.seconds } : unit,
  );
  const planned = sharedOut(slow, 3);
  const ofSlowest = planned.find(({ kernel, session }) => kernel === 'b' && session === 'lsm')?.shard;
  expect(
    planned.filter(({ shard }) => shard === ofSlowest).map(({ kernel, session }) => `${kernel} ${session}`),
  ).toEqual(['b lsm']);
});
