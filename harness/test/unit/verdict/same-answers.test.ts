// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { ObjectReport } from '../../../model/report.js';
import { differingAnswers } from '../../../verdict/same-answers.js';
import { hooks, kernelWith, rejected, runOf, whole } from '../../fixtures/compare.js';

const runWith = (object: ObjectReport) => runOf([kernelWith('6.12', object)], ['net']);

function timed(verificationTime: number, insns?: number): ObjectReport {
  const object = whole('net');
  const programs = object.programs.map(({ stats, ...program }) => ({
    ...program,
    stats: stats && { ...stats, verificationTime, insns: insns ?? stats.insns },
  }));
  return { ...object, programs };
}

it('does not see the time that a verification takes, nor when the run was', () => {
  expect(differingAnswers(runWith(timed(1)), { ...runWith(timed(2)), started: '2000-01-01', ms: 1 })).toEqual([]);
});

it('sees another verdict, other counts and another kernel', () => {
  const base = runWith(whole('net'));
  expect(differingAnswers(base, runWith(rejected('net', hooks.slice(0, 1)))).join('\n')).toContain(
    '6.12 net/socket_connect: ',
  );
  expect(differingAnswers(runWith(timed(1)), runWith(timed(1, 5)))).toHaveLength(hooks.length);
  expect(differingAnswers(base, runOf([kernelWith('6.1', whole('net'))], ['net'])).join('\n')).toContain('absent');
});
