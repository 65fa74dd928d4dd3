// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { Guest } from '../../../guest/client.js';
import { checkClasses } from '../../../model/check.js';
import type { CheckReport } from '../../../model/check.js';
import type { ScenarioEvidence } from '../../../model/scenario-evidence.js';
import { environmentsOf } from '../../../run/scenario-session.js';
import { scenarioCatalogue } from '../../../scenarios/catalogue.js';
import { everyScenario } from '../../../plan/scenario-filter.js';
import { Acquaintance } from '../../../scenarios/acquaintance.js';
import { plannedShares } from '../../../scenarios/shares.js';
import { GuestSession } from '../../../scenarios/guest-session.js';
import { proveAll } from '../../../scenarios/prove-proofs.js';
import { judgeScenarios } from '../../../verdict/judge-scenarios.js';
import { observer, observerAgent } from './fixture/observer.js';
import { type Faults, observedGuest } from './fixture/observed-guest.js';
import { unnamedTarget } from '../../../target.js';

interface Proved {
  readonly evidence: readonly ScenarioEvidence[];
  readonly phases: readonly string[];
  readonly written: readonly string[];
}

async function proved(faults: Faults = {}): Promise<Proved> {
  const evidence: ScenarioEvidence[] = [];
  const phases: string[] = [];
  const { stream, written, belongTo } = observedGuest(faults);
  const guest = await Guest.connect(stream, { helloMs: 60_000, requestMs: 60_000 });
  belongTo(guest);
  const session = new GuestSession({
    stopsLast: false,
    guest,
    target: unnamedTarget,
    agent: observerAgent,
    contract: observer,
    environment: 'lsm',
    classes: new Set(checkClasses),
    scenarios: everyScenario,
    halted: () => false,
    record: (one) => evidence.push(one),
    keep: () => Promise.resolve(),
    onPhase: (phase) => phases.push(phase),
    plant: undefined,
    known: new Acquaintance(),
  });
  for (const part of plannedShares(session, session.options)) await proveAll(session, part);
  return { evidence, phases, written };
}

const failures = (checks: readonly CheckReport[]) =>
  checks.flatMap(({ scenario, check, outcome }) =>
    outcome.kind === 'fail' ? [`${scenario}: ${check}: ${outcome.code}`] : [],
  );
const judged = async (faults?: Faults) => judgeScenarios((await proved(faults)).evidence, observer);

describe('a contract that only observes', () => {
  it('needs one machine, whatever is asked for', () => {
    expect(environmentsOf(observer, new Set(checkClasses), ['bpf'])).toEqual(['lsm']);
    expect(environmentsOf(observer, new Set(['signal', 'restart']), ['bpf'])).toEqual([]);
    expect(environmentsOf(observer, new Set(checkClasses), ['landlock'])).toEqual([]);
  });

  it('has the phases that it lists and no other, and no policy is written', async () => {
    const { phases, written } = await proved();
    expect(phases).toEqual(['controls', 'observe']);
    expect(written.filter((path) => path.endsWith('.policy'))).toEqual([]);
  });

  it('leaves plain data, without a word of enforcement', async () => {
    const { evidence } = await proved();
    expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence);
    const denials = evidence.flatMap((one) => (one.kind === 'denial' ? [one] : []));
    expect(denials.length).toBeGreaterThan(40);
    expect(denials.every(({ enforced, audited }) => enforced === null && audited !== null)).toBe(true);
    const [posture] = evidence.flatMap((one) => (one.kind === 'posture' ? [one] : []));
    expect(posture).toMatchObject({ expected: 'OBSERVING', claim: { report: null, announced: 'OBSERVING' } });
    expect(posture?.snapshot.config).toBeNull();
  });

  it('is asked whether all succeeds, and has its event or none', async () => {
    const checks = await judged();
    expect(failures(checks)).toEqual([]);
    expect(checks.every(({ outcome }) => outcome.kind === 'pass')).toBe(true);
    expect([...new Set(checks.map(({ check }) => check))].sort()).toEqual([
      'alive',
      'allowed',
      'announcement',
      'audit',
      'audit event',
      'audit neighbour',
      'audit neighbour event',
      'control',
      'control neighbour',
      'event lines',
      'kernel log',
      'live',
      'not covered',
      'not covered event',
      'silence',
      'start',
    ]);
    expect(new Set(checks.map(({ class: name }) => name))).toEqual(new Set(['file', 'network', 'ptrace', 'posture']));
  });

  it('lists what runs', async () => {
    const { evidence } = await proved();
    const ofPhases = new Set(['life', 'event-lines', 'kernel-log']);
    const ran = evidence.filter(({ kind }) => !ofPhases.has(kind)).map((one) => `${one.class}: ${one.scenario}`);
    const listed = scenarioCatalogue(observer).map((one) => `${one.class}: ${one.scenario}`);
    expect([...new Set(ran)].sort()).toEqual([...listed].sort());
  });
});

describe('an observer', () => {
  const open = ['open', '/t/observe/file/secret', 'r'].join('\t');
  const plain = ['open', '/t/observe/file/plain', 'r'].join('\t');

  it('that denies is caught', async () => {
    expect(failures(await judged({ denies: open }))).toEqual(['open(2) for reading: audit: AUDIT_DENIED']);
  });

  it('that misses a traced process is caught', async () => {
    expect(failures(await judged({ misses: open }))).toEqual(['open(2) for reading: audit event: EVENT_MISSING']);
  });

  it('that traces an untraced process is caught', async () => {
    const found = failures(await judged({ tracesToo: plain }));
    expect(found).toContain('open(2) for reading: audit neighbour event: EVENT_WRONG');
    expect(found.every((one) => one.endsWith('audit neighbour event: EVENT_WRONG'))).toBe(true);
  });

  it('that has not attached all its hooks is caught', async () => {
    expect(failures(await judged({ lacks: 'socket_connect' }))).toEqual(['observe: live: SILENT_DOWNGRADE']);
  });
});
