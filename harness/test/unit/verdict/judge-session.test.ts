// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { type CheckOutcome, checkCodes, type CheckReport } from '../../../model/check.js';
import type { ScenarioEvidence } from '../../../model/scenario-evidence.js';
import { judgeSessions, scenarioVerdict } from '../../../verdict/judge-session.js';
import { codes, denial, killedBy, killing, check, missing, succeeded, reported } from '../../fixtures/evidence.js';
import { posture } from '../../fixtures/evidence-posture.js';
import { healthy, healthyBut, judged, machine, panic } from '../../fixtures/evidence-session.js';

const pass: CheckOutcome = { kind: 'pass' };
const failing = (code: (typeof checkCodes)[number]): CheckOutcome => ({
  kind: 'fail',
  code,
  expected: 'a',
  actual: 'b',
  evidence: [],
});
const nothing: readonly CheckOutcome[] = [
  { kind: 'not-offered', by: 'agent', detail: 'no rules' },
  { kind: 'not-offered', by: 'kernel', detail: 'no io_uring' },
  { kind: 'unproved', detail: 'its control failed' },
  { kind: 'gained', detail: 'EPERM' },
];
const report = (...outcomes: readonly CheckOutcome[]) =>
  judged(
    'lsm',
    outcomes.map((outcome, n): CheckReport => {
      return { class: 'file', environment: 'lsm', scenario: `s${n}`, check: 'denied', attempt: null, outcome };
    }),
  );
const untested = { kind: 'fail', stage: 'enforce', code: 'NOTHING_TESTED' };

describe('scenarioVerdict', () => {
  it('holds nothing against what passed', () => {
    expect(scenarioVerdict([report(pass)])).toBeNull();
    const declined = nothing.filter(({ kind }) => kind !== 'unproved');
    expect(scenarioVerdict([report(...declined, pass)])).toBeNull();
    expect(scenarioVerdict([report(...nothing, pass)])).toEqual(untested);
    expect(scenarioVerdict(judgeSessions(healthy()))).toBeNull();
  });

  it.each(checkCodes)('is %s when one check in a hundred is', (code) => {
    const many = Array.from({ length: 50 }, () => pass);
    const verdict = { kind: 'fail', stage: 'enforce', code };
    expect(scenarioVerdict([report(pass), report(...many, failing(code), ...many)])).toEqual(verdict);
  });

  it('is never green by default', () => {
    expect(scenarioVerdict([report()])).toEqual(untested);
    expect(scenarioVerdict([report(), report(), report()])).toEqual(untested);
    for (const one of nothing) expect(scenarioVerdict([report(one, one), report(one)])).toEqual(untested);
    expect(scenarioVerdict([report(...nothing)])).toEqual(untested);
  });

  it('leaves it to the other shards whether an agent offers anything at all', () => {
    const declined = report(...nothing.filter(({ kind }) => kind === 'not-offered'));
    expect(scenarioVerdict([declined])).toEqual(untested);
    expect(scenarioVerdict([declined], 'part')).toBeNull();
    for (const own of [report(), report(...nothing)]) expect(scenarioVerdict([own], 'part')).toEqual(untested);
    expect(scenarioVerdict([declined, report(failing('FALSE_BLOCK'))], 'part')).toMatchObject({ code: 'FALSE_BLOCK' });
  });

  it('takes a proved failure for more than a broken machine, and that for more than passes', () => {
    const broken = { ...report(pass), fault: panic };
    expect(scenarioVerdict([broken, report(pass)])).toEqual({ kind: 'infra', cause: 'KERNEL_PANIC' });
    expect(scenarioVerdict([broken, report(failing('FALSE_BLOCK'))])).toMatchObject({ code: 'FALSE_BLOCK' });
    expect(scenarioVerdict([{ ...report(), fault: panic }])).toEqual({ kind: 'infra', cause: 'KERNEL_PANIC' });
  });
});

describe('judgeSessions', () => {
  it('keeps every machine with what is needed to find it again', () => {
    const reports = judgeSessions(healthy());
    expect(reports.map(({ environment }) => environment)).toEqual(['lsm', 'lsm-override', 'no-lsm']);
    for (const one of reports) {
      expect(one.cmdline).toContain('console=ttyS0');
      expect(one.console).toBe(`logs/6.12/${one.environment}/console.log`);
      expect(one.bootMs).toBe(2412);
    }
    const [never] = judgeSessions([machine('lsm', [], { boot: null, console: null, fault: panic })]);
    expect(never).toMatchObject({ cmdline: '', console: null, bootMs: null, fault: panic, checks: [] });
  });

  it('tells what the agent claimed when it was to enforce', () => {
    expect(judgeSessions(healthy()).map((one) => one.posture)).toEqual(['ENFORCE', 'ENFORCE_SIGNAL', 'ENFORCE_SIGNAL']);
    const lying = posture('ENFORCE', {}, { runtime_state: 'ENFORCE_SIGNAL' });
    expect(judgeSessions([machine('lsm', [posture('AUDIT'), lying])])[0]?.posture).toBe('ENFORCE_SIGNAL');
    expect(judgeSessions([machine('lsm', [posture('AUDIT'), denial()])])[0]?.posture).toBeNull();
    const silent = { report: { kind: 'bad', why: 'no report' }, announced: 'ENFORCE', earlier: [] } as const;
    expect(judgeSessions([machine('lsm', [posture('ENFORCE', { claim: silent })])])[0]?.posture).toBe('ENFORCE');
  });

  it('gives every check of a machine a name of its own', () => {
    const same: ScenarioEvidence[] = [denial(), denial(), denial(), posture('ENFORCE'), posture('ENFORCE')];
    const inOverride = [...same.map((one) => ({ ...one, environment: 'lsm-override' as const })), killing(15, 'TERM')];
    for (const sessions of [[machine('lsm', same)], healthyBut(machine('lsm-override', inOverride))]) {
      const keys = judgeSessions(sessions)
        .flatMap(({ checks }) => checks)
        .map((check) => JSON.stringify([check.class, check.environment, check.scenario, check.check]));
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it('keeps what was proved before a machine broke', () => {
    const half = machine('lsm', [denial()], { fault: panic });
    expect(judgeSessions([half])[0]).toMatchObject({ fault: panic, checks: { length: 8 } });
  });
});

describe('the override', () => {
  const fidelity = (sessions = healthy()) =>
    judgeSessions(sessions)
      .flatMap(({ checks }) => checks)
      .filter(({ check: name }) => name === 'as without the LSM');
  const outcomes = (sessions = healthy()) => fidelity(sessions).map(({ outcome }) => outcome.kind);

  it('is compared with the machine that really has no BPF LSM', () => {
    expect(outcomes()).toEqual(['pass', 'pass']);
    expect(fidelity().every(({ environment }) => environment === 'lsm-override')).toBe(true);
  });

  it('lies where the outcomes differ', () => {
    const enforced = { denied: reported(killedBy(9), 'KILL'), neighbour: check(succeeded) };
    const lying = healthyBut(machine('lsm-override', [posture('ENFORCE_SIGNAL'), killing(15, 'TERM', { enforced })]));
    const found = fidelity(lying).filter(({ outcome }) => outcome.kind === 'fail');
    expect(found).toHaveLength(1);
    expect(found[0]?.outcome).toMatchObject({
      code: 'SEAM_INFIDELITY',
      expected: 'pass, as without the LSM',
      actual: 'WRONG_SIGNAL: killed by SIGKILL',
    });
  });

  it('lies as well where it does better', () => {
    const enforced = { denied: reported(killedBy(9), 'KILL'), neighbour: check(succeeded) };
    const real = killing(15, 'TERM', { environment: 'no-lsm', enforced });
    const worse = healthyBut(machine('no-lsm', [posture('ENFORCE_SIGNAL', { environment: 'no-lsm' }), real]));
    expect(outcomes(worse)).toContain('fail');
  });

  const endings = (first: string, second: string) =>
    (['lsm-override', 'no-lsm'] as const).map((environment, index) =>
      machine(environment, [
        {
          kind: 'claim',
          class: 'posture',
          environment,
          scenario: 'enforce',
          check: 'comes up',
          blames: 'POSTURE_DISHONEST',
          holds: false,
          expected: 'a state is announced',
          actual: `it gave up: ${index === 0 ? first : second}`,
        },
      ]),
    );

  it.each([
    ['exit 1: [2026-11-28T12:00:01.5Z] pid 217: no BPF LSM', 'exit 1: [2026-11-28T12:03:44.9Z] pid 1108: no BPF LSM'],
    ['exit 1: 12:00:01 wardend[217]: cannot enforce', 'exit 1: 12:03:44 wardend[1108]: cannot enforce'],
    ['exit 1: +0.217s at 0x7f12a: cannot enforce', 'exit 1: +3.1s at 0x55ff0: cannot enforce'],
  ])('is compared by what the agent does, never by the times and process numbers in its texts: %s', (one, other) => {
    expect(outcomes(endings(one, other))).toEqual(['pass']);
  });

  it.each([
    ['exit 1: no BPF LSM', 'exit 2: no BPF LSM'],
    ['killed by signal 6', 'killed by signal 11'],
    ['exit 1: 12:00:01 no BPF LSM', 'exit 1: 12:00:01 no tracefs'],
  ])('lies where %s became %s', (one, other) => {
    expect(outcomes(endings(one, other))).toEqual(['fail']);
  });

  it('does not lie where both fail alike', () => {
    const enforced = { denied: reported(killedBy(9), 'KILL'), neighbour: check(succeeded) };
    const same = (['lsm-override', 'no-lsm'] as const).map((environment) =>
      machine(environment, [killing(15, 'TERM', { environment, enforced })]),
    );
    expect(outcomes(same)).toEqual(['pass']);
    expect(codes(killing(15, 'TERM', { enforced }))).toContain('WRONG_SIGNAL');
  });

  it('lies where only one was asked', () => {
    const more = killing(15, 'TERM', { scenario: 'execve' });
    const override = healthyBut(machine('lsm-override', [posture('ENFORCE_SIGNAL'), killing(15, 'TERM'), more]));
    expect(outcomes(override)).toContain('fail');
    const real = [posture('ENFORCE_SIGNAL', { environment: 'no-lsm' }), killing(15, 'TERM', { environment: 'no-lsm' })];
    const less = healthyBut(machine('no-lsm', [...real, { ...more, environment: 'no-lsm' }]));
    expect(outcomes(less)).toContain('fail');
  });

  it('is not proved by what was not looked at', () => {
    const unseen = killing(15, 'TERM', { enforced: { denied: missing, neighbour: missing } });
    const override = healthyBut(machine('lsm-override', [posture('ENFORCE_SIGNAL'), unseen]));
    expect(outcomes(override)).toEqual(['pass', 'unproved']);
  });

  it('is not compared with a machine that broke', () => {
    expect(outcomes(healthyBut(machine('no-lsm', [], { fault: panic })))).toEqual([]);
    expect(outcomes(healthyBut(machine('lsm-override', [], { fault: panic })))).toEqual([]);
    expect(outcomes([machine('lsm-override', [killing(15, 'TERM')])])).toEqual([]);
  });
});
