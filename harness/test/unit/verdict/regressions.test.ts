// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { defaultStatLimits, type ManifestProgram, type StatLimits } from '../../../model/manifest.js';
import { isRegression } from '../../../model/stat-limits.js';
import { growthText, regressionsOf } from '../../../verdict/regressions.js';
import { statsOf } from '../../fixtures/report-parts.js';

const limit = { percent: 15, floor: 50 };

function program(insns: number): ManifestProgram {
  const section = 'lsm/file_open';
  const base = { name: 'open', section, target: 'file_open', required: true } as const;
  return { ...base, load: 'loaded', attach: 'attached', stats: { ...statsOf(insns), totalStates: 10 } };
}

it('needs more than the percentage and more than the floor', () => {
  expect(isRegression(1000, 1150, limit)).toBe(false);
  expect(isRegression(1000, 1151, limit)).toBe(true);
  expect(isRegression(10, 60, limit)).toBe(false);
  expect(isRegression(10, 61, limit)).toBe(true);
});

it('never fails an improvement', () => {
  expect(regressionsOf('p', program(10_000), program(10), defaultStatLimits)).toEqual([]);
});

it('takes the limit of the program where there is one', () => {
  const limits: StatLimits = { ...defaultStatLimits, programs: { open: { insns: { percent: 40, floor: 0 } } } };
  expect(regressionsOf('p', program(1000), program(1300), limits)).toEqual([]);
  expect(regressionsOf('p', program(1000), program(1300), defaultStatLimits)).toMatchObject([
    { kind: 'VERIFIER_REGRESSION', item: 'p, insns', now: '1300 (+30.0 %)' },
  ]);
});

it('has no percentage of nothing', () => {
  expect([growthText(0, 5), growthText(0, 0), growthText(200, 100)]).toEqual(['new', '+0.0 %', '-50.0 %']);
});
