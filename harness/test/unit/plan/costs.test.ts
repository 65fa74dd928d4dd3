// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { unansweredEvidence } from '../../../guest/load-alone.js';
import type { ObjectEvidence } from '../../../model/evidence.js';
import { defaultStatLimits } from '../../../model/manifest.js';
import { programsToCount } from '../../../plan/costs.js';

const sizes = { markRead: null, verificationTime: null, stackDepth: null, jitedSize: null, xlatedSize: null };

/** Programs by the instructions that they take; of those that never came to the verifier null; negative: rejected. */
function objectOf(object: string, insns: Readonly<Record<string, number | null>>): ObjectEvidence {
  return {
    object,
    open: { errno: 0, libbpf: [], unresolved: [] },
    declared: { programs: [], maps: [], tables: new Map() },
    programs: Object.entries(insns).map(([name, count]) => {
      const stats =
        count === null
          ? null
          : { insns: Math.abs(count), totalStates: 1, peakStates: 1, maxStatesPerInsn: 1, ...sizes };
      const failed = count !== null && count < 0;
      return { ...unansweredEvidence(name), stats, ...(failed ? { stage: 'prog' as const, errno: 22 } : {}) };
    }),
    maps: [],
    whole: null,
  };
}

const limits = defaultStatLimits;
const objects = [
  objectOf('old', { same: 1000, up: 1000, little: 10, gone: 10, fails: 1000, absent: null }),
  objectOf('new', { same: 1001, up: 1300, little: 50, fails: -9000, fresh: 5000, absent: null }),
];

it('asks about every program that came to the verifier, or about none', () => {
  expect(programsToCount({ kind: 'none' }, '6.1', objects)).toEqual([[], []]);
  expect(programsToCount({ kind: 'all' }, '6.1', objects)).toEqual([
    ['same', 'up', 'little', 'gone', 'fails'],
    ['same', 'up', 'little', 'fails', 'fresh'],
  ]);
});

it('asks about what grew beyond the limits against the first object, in both', () => {
  expect(programsToCount({ kind: 'grown-from-first', limits }, '6.1', objects)).toEqual([['up'], ['up']]);
  expect(programsToCount({ kind: 'grown-from-first', limits }, '6.1', [])).toEqual([]);
});

it('asks about what grew beyond the limits of its program against the baseline of its kernel', () => {
  const known = (kernel: string, program: string, insns: number) => ({ kernel, object: 'new', program, insns });
  const baseline = [known('6.1', 'same', 1000), known('6.1', 'up', 1000), known('6.12', 'little', 1)];
  const policy = { kind: 'grown-from-baseline', limits, baseline } as const;
  expect(programsToCount(policy, '6.1', objects)).toEqual([[], ['up']]);
  const strict = { ...limits, programs: { same: { insns: { percent: 0, floor: 0 } } } };
  expect(programsToCount({ ...policy, limits: strict }, '6.1', objects)).toEqual([[], ['same', 'up']]);
});
