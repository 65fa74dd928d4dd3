// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { audit } from '../../../contracts/audit/index.js';
import type { OracleSnapshot, PostureEvidence } from '../../../model/scenario-evidence.js';
import { judgePosture } from '../../../verdict/judge-posture.js';

const nothingLive: OracleSnapshot = {
  lsm: ['landlock', 'yama'],
  offered: ['file_open', 'socket_connect'],
  live: [],
  unplaced: 0,
  tracepoints: [],
  config: null,
};

/** An observer on a machine without the BPF LSM. */
function skipped(more: Partial<PostureEvidence> = {}): PostureEvidence {
  return {
    kind: 'posture',
    class: 'posture',
    environment: 'no-lsm',
    scenario: 'bpf is not in the LSM list',
    expected: 'SKIPPED',
    comingUp: {
      kind: 'ended',
      end: 'exit 0',
      status: 0,
      output: ['lsmaudit: warning: bpf is not in the LSM list, so its programs would never be called; skipped'],
    },
    claim: { report: null, announced: 'SKIPPED', earlier: [] },
    snapshot: nothingLive,
    hooks: ['socket_connect', 'file_open'],
    tracepoints: [],
    attempt: null,
    attemptExpected: { kind: 'returned', errno: 0 },
    ...more,
  };
}

const failures = (evidence: PostureEvidence): readonly string[] =>
  judgePosture(evidence, audit).flatMap(({ check, outcome }) =>
    outcome.kind === 'fail' ? [`${check}: ${outcome.code}`] : [],
  );
const ended = (status: number, output: readonly string[] = ['bpf is not in the LSM list: warning']) =>
  ({ kind: 'ended', end: `exit ${status}`, status, output }) as const;

describe('an observer without the BPF LSM', () => {
  it('is skipped with a warning, and leaves nothing behind', () => {
    expect(failures(skipped())).toEqual([]);
  });

  it.each([
    ['says nothing where a person looks', { comingUp: ended(0, []) }, 'warning: POSTURE_DISHONEST'],
    ['warns of something else', { comingUp: ended(0, ['warning: disk full']) }, 'warning: POSTURE_DISHONEST'],
    ['ends as a failure', { comingUp: ended(1) }, 'start: POSTURE_DISHONEST'],
    ['leaves a program behind', { snapshot: { ...nothingLive, live: ['file_open'] } }, 'live: POSTURE_DISHONEST'],
  ])('that %s is caught', (_, more, expected) => {
    expect(failures(skipped(more))).toContain(expected);
  });

  it('that claims to observe is caught', () => {
    const claim = { report: null, announced: 'OBSERVING', earlier: [] };
    const found = failures(skipped({ comingUp: { kind: 'announced' }, claim }));
    expect(found).toContain('announcement: POSTURE_DISHONEST');
    expect(found).toContain('live: SILENT_DOWNGRADE');
  });
});
