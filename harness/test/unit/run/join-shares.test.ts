// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { ClaimEvidence, KernelLogEvidence, LifeEvidence } from '../../../model/scenario-evidence.js';
import { joinShares, type ShareResult } from '../../../run/join-shares.js';

const log = (scenario: string, ...texts: readonly string[]): KernelLogEvidence => ({
  kind: 'kernel-log',
  class: 'posture',
  environment: 'lsm',
  scenario,
  records: texts.map((text) => ({ level: 4, text })),
});
const life = (scenario: string): LifeEvidence => ({
  kind: 'life',
  class: 'posture',
  environment: 'lsm',
  scenario,
  life: { kind: 'running' },
});
const share = (more: Partial<ShareResult>): ShareResult => ({
  evidence: [],
  boot: null,
  fault: null,
  console: 'logs/6.12/lsm.console.log',
  ms: 100,
  ...more,
});
const fault = { cause: 'QEMU_EXITED', message: 'it is gone', next: '', consoleTail: [] } as const;

describe('the machines of one environment', () => {
  it('are one: their evidence in order, and the time of all', () => {
    const joined = joinShares([
      share({ evidence: [life('audit'), life('enforce')] }),
      share({ evidence: [life('restart')], console: 'logs/6.12/lsm.2.console.log', ms: 20 }),
    ]);
    expect(joined.evidence.map(({ scenario }) => scenario)).toEqual(['audit', 'enforce', 'restart']);
    expect(joined).toMatchObject({ fault: null, console: 'logs/6.12/lsm.console.log', ms: 120 });
  });

  it('have one log of the kernel for controls that each of them made, with what any of them saw', () => {
    const { evidence } = joinShares([
      share({ evidence: [log('controls', 'a'), log('audit', 'b')] }),
      share({ evidence: [log('controls', 'WARNING: c'), log('signal int')] }),
    ]);
    expect(evidence).toEqual([log('controls', 'a', 'WARNING: c'), log('audit', 'b'), log('signal int')]);
  });

  it('claim once what the agent does to each of them', () => {
    const claim: ClaimEvidence = {
      kind: 'claim',
      class: 'posture',
      environment: 'lsm',
      scenario: 'the agent',
      check: 'it lets the probe be',
      blames: 'PROBE_TAMPERED',
      holds: false,
      expected: '',
      actual: '',
    };
    const twice = [claim, claim];
    expect(joinShares([share({ evidence: twice }), share({ evidence: [claim, life('restart')] })]).evidence).toEqual([
      ...twice,
      life('restart'),
    ]);
  });

  it('say how many are of an earlier run, in whole or in part, and since when', () => {
    const of = (...shares: readonly [ShareResult, ...ShareResult[]]) => joinShares(shares).sessions;
    const [early, late] = ['2026-11-28T19:03:11.000Z', '2026-11-28T20:00:00.000Z'];
    expect(of(share({}), share({}))).toEqual({ all: 2, reused: 0, since: null });
    expect(of(share({ since: late }), share({}), share({ since: early }))).toEqual({ all: 3, reused: 2, since: early });
    expect(of(share({ since: late }), share({ since: early, anew: ['file', 'ptrace'] }), share({}))).toEqual({
      ...{ all: 3, reused: 1, since: early },
      ...{ inPart: 1, anew: ['file', 'ptrace'] },
    });
  });

  it('are broken when one is, and its console is shown', () => {
    const broken = share({ fault, console: 'logs/6.12/lsm.2.console.log' });
    expect(joinShares([share({}), broken, share({ fault: { ...fault, message: 'later' } })])).toMatchObject({
      fault,
      console: 'logs/6.12/lsm.2.console.log',
    });
  });
});
