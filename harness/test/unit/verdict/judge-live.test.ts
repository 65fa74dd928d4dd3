// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { aegis } from '../../../contracts/aegis/index.js';
import type { OracleSnapshot, PostureEvidence } from '../../../model/scenario-evidence.js';
import { deadHooks } from '../../../verdict/judge-live.js';

const hooks = ['file_open', 'socket_connect', 'bpf'];

function enforcing(snapshot: Partial<OracleSnapshot>): PostureEvidence {
  return {
    kind: 'posture',
    class: 'posture',
    environment: 'lsm',
    scenario: 'enforce',
    expected: 'ENFORCE',
    comingUp: { kind: 'announced' },
    claim: { report: { kind: 'read', value: { runtime_state: 'ENFORCE' } }, announced: 'ENFORCE', earlier: [] },
    snapshot: { lsm: ['bpf'], offered: hooks, live: [], unplaced: 0, tracepoints: [], config: null, ...snapshot },
    hooks,
    tracepoints: [],
    attempt: null,
    attemptExpected: { kind: 'returned', errno: 1 },
  };
}

describe('hooks without a live program', () => {
  it('are named where the kernel says at which hook a link is', () => {
    expect(deadHooks(enforcing({ live: ['bpf'] }), aegis)?.names).toEqual(['file_open', 'socket_connect']);
    expect(deadHooks(enforcing({}), aegis)).toMatchObject({ names: hooks, all: true });
  });

  it('are not named where it does not: so many are live, and nobody knows which', () => {
    expect(deadHooks(enforcing({ unplaced: 2 }), aegis)).toMatchObject({ names: [], all: false });
  });
});
