// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { aegis } from '../../../contracts/aegis/index.js';
import { aegisStateNames, type AegisState } from '../../../contracts/aegis/states.js';
import type { PostureEvidence } from '../../../model/scenario-evidence.js';
import { judgePosture } from '../../../verdict/judge-posture.js';
import { codes, attempt, everyOutcome, killedBy, refused, succeeded, verdicts } from '../../fixtures/evidence.js';
import { config, hooks, posture, type ReportParts, report, snapshot } from '../../fixtures/evidence-posture.js';

const running = aegisStateNames.filter((state) => state !== 'DEGRADED');
const ended = (status: number | null, end = `exit ${String(status)}`): PostureEvidence['comingUp'] => ({
  kind: 'ended',
  end,
  status,
  output: [],
});

describe('an honest agent', () => {
  it.each(running)('in %s raises nothing', (state) => {
    expect(verdicts(posture(state))).toEqual({
      start: 'pass',
      state: 'pass',
      report: 'pass',
      announcement: 'pass',
      attempt: 'pass',
      live: 'pass',
      'reported hooks': 'pass',
      agent_config: 'pass',
    });
  });

  it('in DEGRADED exits 1, with a report', () => {
    expect(codes(posture('DEGRADED'))).toEqual([]);
  });

  it('has no attempt where none was tried', () => {
    expect(verdicts(posture('ENFORCE', { attempt: null }))).not.toHaveProperty('attempt');
  });
});

// Every row of the table (what must come out), each with every other state that an agent might claim instead.
const pairs = aegisStateNames.flatMap((expected) =>
  aegisStateNames.filter((said) => said !== expected).map((said) => ({ expected, said })),
);

describe('the posture table', () => {
  it.each(pairs)('$expected is not $said', ({ expected, said }) => {
    const value = { ...report(expected), runtime_state: said };
    const claim = { report: { kind: 'read', value }, announced: expected, earlier: [] } as const;
    expect(verdicts(posture(expected, { claim }))['state']).toBe('POSTURE_DISHONEST');
  });

  it.each(pairs.filter(({ expected }) => expected !== 'DEGRADED'))(
    '$expected is not announced as $said',
    ({ expected, said }) => {
      const claim = { report: { kind: 'read', value: report(expected) }, announced: said, earlier: [] } as const;
      expect(codes(posture(expected, { claim }))).toEqual(['POSTURE_DISHONEST']);
    },
  );

  it.each(pairs)('all of $said instead of $expected is caught', ({ expected, said }) => {
    const whole = posture(said);
    const { attemptExpected } = posture(expected);
    const wrong = { ...whole, expected, attemptExpected };
    expect(codes(wrong)).toContain('POSTURE_DISHONEST');
  });
});

it('a word that is no state is said to be none, with the key that would have it', () => {
  const claim = { ...posture('ENFORCE').claim, announced: 'protecting' };
  const announcement = judgePosture(posture('ENFORCE', { claim }), aegis).find(({ check }) => check === 'announcement');
  expect(announcement?.outcome).toMatchObject({
    code: 'POSTURE_DISHONEST',
    actual: 'protecting',
    evidence: ['"protecting" is no state of the contract aegis: agent.dialect.states has what an agent calls each'],
  });
});

describe('coming up', () => {
  const claim = { ...posture('AUDIT').claim, announced: null };

  it.each(running)('%s does not end', (state) => {
    for (const status of [0, 1, 2]) {
      expect(verdicts(posture(state, { claim, comingUp: ended(status) }))).toEqual({ start: 'POSTURE_DISHONEST' });
    }
  });

  it.each(['ENFORCE', 'ENFORCE_SIGNAL'] as const)('%s is not announced by who ends before it is ready', (state) => {
    const [start, announcement] = judgePosture(posture(state, { comingUp: ended(2) }), aegis);
    expect(start).toMatchObject({ check: 'start', outcome: { code: 'POSTURE_DISHONEST' } });
    expect(announcement).toMatchObject({
      check: 'announcement',
      outcome: { code: 'POSTURE_DISHONEST', actual: `it announced ${state}, and ended before it was ready: exit 2` },
    });
  });

  it('DEGRADED ends with exit status 1, and no other', () => {
    for (const status of [0, 2, 3, 127]) {
      expect(codes(posture('DEGRADED', { comingUp: ended(status) }))).toEqual(['POSTURE_DISHONEST']);
    }
    expect(verdicts(posture('DEGRADED', { comingUp: { kind: 'announced' } }))['state']).toBe('POSTURE_DISHONEST');
  });

  it.each(aegisStateNames)('%s is reached by nobody who is killed or keeps silent', (state) => {
    const comingUp = ended(null, 'killed by signal 6');
    expect(verdicts(posture(state, { claim, comingUp }))).toEqual({ start: 'AGENT_DIED' });
    expect(verdicts(posture(state, { comingUp: { kind: 'silent', ms: 30_000 } }))).toEqual({ start: 'AGENT_HUNG' });
  });

  it.each(aegisStateNames)('%s needs a report', (state) => {
    const claim = {
      report: { kind: 'bad', why: 'there is no capability report' },
      announced: state,
      earlier: [],
    } as const;
    expect(codes(posture(state, { claim }))).toEqual(['POSTURE_DISHONEST']);
  });
});

describe('the report', () => {
  const saying = (state: AegisState, said: ReportParts) => verdicts(posture(state, {}, said))['report'];

  it.each([
    ['another schema', 'ENFORCE', { schema_version: 2 }],
    ['no schema', 'ENFORCE', { schema_version: undefined }],
    ['no list of blockers', 'ENFORCE', { enforce_blockers: undefined }],
    ['capable with a blocker', 'ENFORCE', { enforce_blockers: ['FILE_HOOK_UNAVAILABLE'] }],
    ['incapable without one', 'ENFORCE', { enforce_capable: false }],
    ['incapable, in ENFORCE', 'ENFORCE', { enforce_capable: false, enforce_blockers: ['FILE_HOOK_UNAVAILABLE'] }],
    ['a word for a truth value', 'ENFORCE', { enforce_capable: 'true' }],
    ['audit_only, by signals', 'ENFORCE_SIGNAL', { audit_only: true }],
    ['capable, by signals', 'ENFORCE_SIGNAL', { enforce_capable: true, enforce_blockers: [] }],
    ['another blocker', 'ENFORCE_SIGNAL', { enforce_blockers: ['CAPABILITY_AUDIT_ONLY'] }],
    ['not audit_only, in AUDIT', 'AUDIT', { audit_only: false }],
    ['not audit_only, in AUDIT_FALLBACK', 'AUDIT_FALLBACK', { audit_only: undefined }],
  ] as const)('is not believed: %s', (_, state, said) => {
    expect(saying(state, said)).toBe('POSTURE_DISHONEST');
  });

  it('may list more blockers than one', () => {
    expect(saying('ENFORCE_SIGNAL', { enforce_blockers: ['CAPABILITY_AUDIT_ONLY', 'BPF_LSM_DISABLED'] })).toBe('pass');
  });
});

describe('where bpf is in the LSM list and no hook can be attached', () => {
  const listed = { live: [], unplaced: 0 };
  const refused524 = Object.fromEntries(hooks.map((hook) => [`lsm_${hook}`, 'attach failed: 524']));

  it('an agent that announces ENFORCE is a silent downgrade', () => {
    const honest = posture('DEGRADED');
    const claim = { report: { kind: 'read', value: report('ENFORCE') }, announced: 'ENFORCE', earlier: [] } as const;
    const evidence = { ...honest, claim, comingUp: { kind: 'announced' }, snapshot: snapshot(listed) } as const;
    expect(codes(evidence)).toContain('SILENT_DOWNGRADE');
  });

  it.each([
    [['HOOKS_NOT_ATTACHED'], 'pass'],
    [[], 'POSTURE_DISHONEST'],
  ])('one that enforces by signals says why: %j', (blockers, outcome) => {
    const honest = posture('ENFORCE_SIGNAL');
    const value = report('ENFORCE_SIGNAL', { enforce_blockers: blockers, lsm_enabled: true, hooks: refused524 });
    const claim = { ...honest.claim, report: { kind: 'read', value } } as const;
    const { tracepoints } = honest.snapshot;
    const seen = snapshot({ ...listed, tracepoints, config: config(false, true) });
    const evidence = { ...honest, environment: 'lsm', claim, snapshot: seen } as const;
    expect(verdicts(evidence)).toMatchObject({ report: outcome, live: 'pass' });
  });
});

describe('what is live', () => {
  const live = (state: 'ENFORCE' | 'ENFORCE_SIGNAL' | 'AUDIT', more: Parameters<typeof snapshot>[0]) => {
    const honest = posture(state);
    return verdicts({ ...honest, snapshot: { ...honest.snapshot, ...more } })['live'];
  };

  it.each(hooks)('ENFORCE without %s is a silent downgrade', (hook) => {
    expect(live('ENFORCE', { live: hooks.filter((one) => one !== hook) })).toBe('SILENT_DOWNGRADE');
  });

  it('asks for no hook that the kernel has not', () => {
    const rest = hooks.filter((one) => one !== 'bpf');
    expect(live('ENFORCE', { live: rest, offered: rest })).toBe('pass');
    expect(live('ENFORCE', { live: [...hooks, 'task_alloc'] })).toBe('pass');
  });

  it('asks for every hook where nobody knows what the kernel has', () => {
    expect(live('ENFORCE', { live: hooks.slice(1), offered: null })).toBe('SILENT_DOWNGRADE');
  });

  it('believes no ENFORCE without bpf in the LSM list, however much is attached', () => {
    for (const lsm of [null, [], ['yama'], ['bpf_not']]) expect(live('ENFORCE', { lsm })).toBe('SILENT_DOWNGRADE');
  });

  it('ENFORCE_SIGNAL needs each of its tracepoints', () => {
    expect(live('ENFORCE_SIGNAL', { tracepoints: ['sys_enter_connect'] })).toBe('SILENT_DOWNGRADE');
    expect(live('ENFORCE_SIGNAL', { tracepoints: [] })).toBe('SILENT_DOWNGRADE');
  });

  it('is counted where the kernel does not say at which hook a link is, before 5.13', () => {
    const seen = (unplaced: number, state: 'ENFORCE' | 'ENFORCE_SIGNAL') => {
      const honest = posture(state);
      const { live: at, 'reported hooks': said } = verdicts({
        ...honest,
        snapshot: { ...honest.snapshot, live: [], unplaced },
      });
      return [at, said];
    };
    expect(seen(hooks.length, 'ENFORCE')).toEqual(['not-offered', 'not-offered']);
    expect(seen(hooks.length - 1, 'ENFORCE')).toEqual(['SILENT_DOWNGRADE', 'SILENT_DOWNGRADE']);
    expect(seen(1, 'ENFORCE_SIGNAL')[0]).toBe('POSTURE_DISHONEST');
  });

  it('AUDIT promises nothing', () => {
    expect(live('AUDIT', { live: [] })).toBe('pass');
  });

  it('is what the report says, hook by hook', () => {
    const said = (one: unknown) => ({ hooks: { ...(report('ENFORCE')['hooks'] as object), lsm_bpf: one } });
    const reported = (evidence: PostureEvidence) => verdicts(evidence)['reported hooks'];
    expect(reported(posture('ENFORCE', {}, said('rejected by the verifier')))).toBe('SILENT_DOWNGRADE');
    expect(reported(posture('AUDIT', { snapshot: snapshot({ live: hooks.slice(0, 2) }) }))).toBe('SILENT_DOWNGRADE');
    expect(reported(posture('ENFORCE', {}, { hooks: undefined }))).toBe('POSTURE_DISHONEST');
    expect(reported(posture('ENFORCE', {}, { hooks: 'all of them' }))).toBe('POSTURE_DISHONEST');
  });
});

describe('states that are taken back', () => {
  it('were announced before they were true', () => {
    const { claim } = posture('AUDIT_FALLBACK');
    const hasty = posture('AUDIT_FALLBACK', { claim: { ...claim, earlier: ['ENFORCE'] } });
    expect(verdicts(hasty)['announcement']).toBe('POSTURE_DISHONEST');
    expect(verdicts(posture('AUDIT_FALLBACK'))['announcement']).toBe('pass');
  });
});

describe('the attempt', () => {
  it.each([
    ['ENFORCE', 'ENFORCEMENT_LEAK', refused],
    ['ENFORCE_SIGNAL', 'ENFORCEMENT_LEAK', killedBy(15)],
    ['AUDIT', 'AUDIT_DENIED', succeeded],
    ['AUDIT_FALLBACK', 'AUDIT_DENIED', succeeded],
    ['DEGRADED', 'FALSE_BLOCK', succeeded],
  ] as const)('in %s that comes to something else is %s', (state, code, right) => {
    for (const outcome of everyOutcome) {
      const same = JSON.stringify(outcome) === JSON.stringify(right);
      const wrongSignal = outcome.kind === 'signalled' && right.kind === 'signalled';
      const verdict = verdicts(posture(state, { attempt: attempt(outcome) }))['attempt'];
      expect(verdict).toBe(same ? 'pass' : wrongSignal ? 'WRONG_SIGNAL' : code);
    }
  });
});

describe('agent_config', () => {
  const wants = { AUDIT: [1, 0], ENFORCE: [0, 0], ENFORCE_SIGNAL: [0, 1], AUDIT_FALLBACK: [1, 0] } as const;
  const all = [false, true].flatMap((audits) => [false, true].map((signals) => ({ audits, signals })));

  it.each(running.flatMap((state) => all.map((one) => ({ state, ...one }))))(
    'in $state: audit_only $audits, signal_fallback_enforce $signals',
    ({ state, audits, signals }) => {
      const honest = posture(state);
      const evidence = { ...honest, snapshot: { ...honest.snapshot, config: config(audits, signals) } };
      const [wantedAudits, wantedSignals] = wants[state];
      const right = Number(audits) === wantedAudits && Number(signals) === wantedSignals;
      expect(verdicts(evidence)['agent_config']).toBe(right ? 'pass' : 'POSTURE_DISHONEST');
    },
  );

  it('has 48 bytes', () => {
    for (const length of [0, 47, 49]) {
      const evidence = posture('ENFORCE', { snapshot: snapshot({ config: '00'.repeat(length) }) });
      expect(verdicts(evidence)['agent_config']).toBe('POSTURE_DISHONEST');
    }
  });

  it('that is not there is not passed', () => {
    expect(verdicts(posture('ENFORCE', { snapshot: snapshot({ config: null }) }))['agent_config']).toBe('not-offered');
  });
});
