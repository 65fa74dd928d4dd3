// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { ObjectReport, ProgramReport } from '../../../model/report.js';
import { findingsOf } from '../../../verdict/findings.js';
import { loadedProgram, objectOf, rejectedProgram, returnRange } from '../../fixtures/report-parts.js';

const why = returnRange('logs/6.12/verifier/aegis/x.log');
const rejected = (section: string): ProgramReport => rejectedProgram(section, why);
const found = (...programs: readonly ProgramReport[]): ReturnType<typeof findingsOf> =>
  findingsOf('6.12', [], [objectOf('aegis', programs)]);

it('one program that does not load is a finding with its hook', () => {
  const [one, ...others] = found(loadedProgram('lsm/file_open'), rejected('lsm/socket_connect'));
  expect(others).toEqual([]);
  expect(one).toMatchObject({ code: 'VERIFIER_REJECTED', hook: 'socket_connect', first: null, checks: 1, refs: [] });
  expect(one?.title).toContain(`does not load: ${why.decidingLine}`);
  expect(one?.rerun).toEqual(['--kernel', '6.12', '--only', 'load']);
});

it('several that do not load for one cause are one, those of another cause are another', () => {
  const other = rejectedProgram('lsm/bpf', { ...why, cause: null, decidingLine: 'another line' });
  const causes = found(rejected('lsm/file_open'), rejected('lsm/socket_connect'), other);
  expect(causes.map(({ checks, hook }) => [checks, hook])).toEqual([
    [2, null],
    [1, 'bpf'],
  ]);
  expect(causes[0]?.title).toContain('2 programs of aegis (file_open, socket_connect) do not load: ');
});

it('an object that fails without any of its programs is a finding of its own', () => {
  const whole: ObjectReport['whole'] = { kind: 'failed', code: 'MAP_UNSUPPORTED', why };
  const verdict = { kind: 'fail', stage: 'load', code: 'MAP_UNSUPPORTED' } as const;
  const object = { ...objectOf('aegis', [loadedProgram('lsm/file_open')]), verdict, whole };
  expect(findingsOf('6.12', [], [object])).toMatchObject([{ code: 'MAP_UNSUPPORTED', program: null, hook: null }]);
  expect(found(loadedProgram('lsm/file_open'))).toEqual([]);
});
