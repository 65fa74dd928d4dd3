// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { aegis } from '../../../contracts/aegis/index.js';
import { ruleKinds } from '../../../contracts/aegis/policy.js';
import type { StartRequest } from '../../../contracts/proof.js';
import type { Guest } from '../../../guest/client.js';
import { checkClasses, environments, type Environment } from '../../../model/check.js';
import type { OracleSnapshot, ScenarioEvidence } from '../../../model/scenario-evidence.js';
import type { Agent } from '../../../model/agent.js';
import { probedOperations } from '../../../model/operations.js';
import { everyScenario, scenarioFilter } from '../../../plan/scenario-filter.js';
import { GuestSession, type GuestSessionOptions } from '../../../scenarios/guest-session.js';
import { AgentNotStarted } from '../../../scenarios/comes-up.js';
import { Acquaintance } from '../../../scenarios/acquaintance.js';
import { scenarioCatalogue, plannedEntries } from '../../../scenarios/catalogue.js';
import { type Share, plannedShares } from '../../../scenarios/shares.js';
import { proveAll } from '../../../scenarios/prove-proofs.js';
import type { Attempt } from '../../../scenarios/scenario.js';
import { judgeScenarios } from '../../../verdict/judge-scenarios.js';
import { unnamedTarget } from '../../../target.js';

/*
 * Everything that runs is run, in a world without a machine: attempts succeed, an agent comes up as it is asked, and
 * nothing is enforced. What it proves is not looked at here, but that it is asked at all.
 */
const world = vi.hoisted(() => {
  const dies: (request: StartRequest) => boolean = () => false;
  return { pid: 0, events: 0, dies };
});

vi.mock('../../../guest/files.js', () => ({
  putFile: () => Promise.resolve(),
  lookAtFiles: () => Promise.resolve(new Map()),
  getTextIfThere: () =>
    Promise.resolve('{"announced":true,"openedBefore":0,"deniedBefore":0,"openedAfter":0,"deniedAfter":1}'),
  getFile: () => Promise.resolve(Buffer.from('\0bpf_lsm_socket_connect\0')),
}));
vi.mock('../../../guest/sealed.js', () => ({
  sealedPath: () => '/proc/1/fd/100',
  // A line for each path that an inode is asked of.
  runSealed: (_: Guest, { args }: { args: readonly string[] }) =>
    Promise.resolve({ lines: args.slice(1).map(() => '20 7'), stderr: '', whole: true }),
  spawnSealed: () => Promise.resolve({ pid: 1, read: (text: string) => [text] }),
  vouch: () => Promise.resolve({ watched: true, seen: [] }),
}));
vi.mock('../../../guest/process.js', () => ({
  sendSignal: () => Promise.resolve(),
  waitForProcess: () => Promise.resolve({ kind: 'exited', status: 0 }),
}));
vi.mock('../../../scenarios/attempts.js', () => {
  const done = ({ operation }: Attempt) => ({
    operation: operation.join(' '),
    pid: ++world.pid,
    // A denied open, so that whoever waits for one does not wait for long.
    outcome: { kind: 'returned', errno: operation[0] === 'open' ? 1 : 0 },
  });
  return {
    arrangeAttempts: () => Promise.resolve(),
    runAttempt: (_: Guest, operation: Attempt['operation']) =>
      Promise.resolve(done({ operation, cgroup: null, comm: null, traced: false })),
    runAttempts: (_: Guest, attempts: readonly Attempt[]) => Promise.resolve(attempts.map(done)),
  };
});
vi.mock('../../../scenarios/oracle.js', () => {
  const seen: OracleSnapshot = {
    lsm: ['bpf'],
    offered: [],
    live: [],
    unplaced: 0,
    tracepoints: [],
    config: '00'.repeat(48),
  };
  return {
    oracleSnapshot: () => Promise.resolve(seen),
    oracleKernelLog: () => Promise.resolve({ records: [], last: 0 }),
    oracleRawRecords: () => Promise.resolve([]),
  };
});
vi.mock('../../../scenarios/kept-start.js', () => ({ keptFiles: () => Promise.resolve([]) }));
vi.mock('../../../scenarios/agent-runner.js', () => {
  const gaveUp = { kind: 'ended', end: 'exit 2', status: 2, output: ['no such option'] };
  const started = (lives: boolean) => ({
    comingUp: lives ? { kind: 'announced' } : gaveUp,
    pid: lives ? 5 : null,
    files: { policy: '/p', stdout: '/o', stderr: '/e' },
    given: { argv: ['/a'], env: {}, policy: null, prepared: [] },
    claim: () => Promise.resolve({ report: { kind: 'bad', why: 'none' }, announced: null, earlier: [] }),
    // It always has a new event, so that nobody waits for one.
    events: () => Promise.resolve({ events: Array(++world.events).fill({ type: 'state_change' }), bad: [] }),
    stop: () => Promise.resolve(lives ? { kind: 'stopped' } : { kind: 'ended', end: 'it had ended', output: [] }),
    ending: () => Promise.resolve({ kind: 'stopped' }),
    giveUp: () => Promise.resolve(),
    signal: () => Promise.resolve(),
    poll: () => Promise.resolve({ kind: 'running' }),
  });
  class AgentRunner {
    enroll = [];
    nextPromises = () => [{ check: 'announcement', file: '/f', needles: ['ENFORCE'] }];
    replacePolicy = () => Promise.resolve();
    start = (request: StartRequest) => Promise.resolve(started(!world.dies(request)));
  }
  return { AgentRunner };
});

/** Nobody asks it anything: all that would is mocked. */
const nobody = null as unknown as Guest;
const agent = {
  dialect: null,
  operations: new Set(probedOperations),
  rules: new Set(ruleKinds),
  signals: new Set(['none', 'term', 'int', 'kill']),
  features: new Set(['fallback', 'auditFallback']),
  overrides: new Set(['lsm', 'btf']),
  prepare: [],
  hooks: [],
  takeover: ['--takeover'],
  reload: 1,
} as unknown as Agent;

async function proved(
  environment: Environment,
  more: Partial<Agent> = {},
  part: Partial<Pick<GuestSessionOptions, 'scenarios' | 'halted'>> = {},
): Promise<readonly ScenarioEvidence[]> {
  const evidence: ScenarioEvidence[] = [];
  const session = new GuestSession({
    stopsLast: false,
    guest: nobody,
    target: unnamedTarget,
    agent: { ...agent, ...more },
    environment,
    classes: new Set(checkClasses),
    scenarios: everyScenario,
    halted: () => false,
    record: (one) => evidence.push(one),
    contract: aegis,
    keep: () => Promise.resolve(),
    onPhase: () => undefined,
    plant: undefined,
    known: new Acquaintance(),
    ...part,
  });
  // As the machines of an environment share them out.
  const of = { contract: aegis, environment, agent: session.agent };
  for (const part of plannedShares(of, session.options)) {
    if (!(await goesOn(session, part))) break;
  }
  return evidence;
}

async function goesOn(session: GuestSession, part: Share): Promise<boolean> {
  try {
    await proveAll(session, part);
    return true;
  } catch (error) {
    if (error instanceof AgentNotStarted) return false;
    throw error;
  }
}

/** Life, log and lines of a phase belong to it, not to a scenario. */
const ofPhases: readonly string[] = ['life', 'event-lines', 'kernel-log'];

/** As the catalogue calls it: the attempts that are tried with each signal are one line of it. */
function listedName(environment: Environment, name: string): string {
  if (!/^signal \w+: /.test(name)) return name;
  return `open, exec, connect, sendto: ${environment === 'lsm' ? 'term, int' : 'none, int, kill'}`;
}

beforeEach(() => {
  world.pid = 0;
  world.dies = () => false;
});

describe('the catalogue', () => {
  it.each(environments)('lists exactly what runs on %s', async (environment) => {
    const evidence = await proved(environment);
    const ran = evidence
      .filter(({ kind }) => !ofPhases.includes(kind))
      .map((one) => `${one.class}: ${listedName(environment, one.scenario)}`);
    const listed = scenarioCatalogue(aegis)
      .filter((one) => one.environments.includes(environment))
      .map((one) => `${one.class}: ${one.scenario}`);
    expect([...new Set(ran)].sort()).toEqual([...listed].sort());
  });

  it('names nothing twice on a machine, and nothing that no machine runs', () => {
    for (const environment of environments) {
      const names = scenarioCatalogue(aegis).filter((one) => one.environments.includes(environment));
      const keys = names.map((one) => `${one.class}: ${one.scenario}`);
      expect(new Set(keys).size).toBe(keys.length);
    }
    for (const one of scenarioCatalogue(aegis)) expect(one.environments.length).toBeGreaterThan(0);
  });

  it('has several hundred checks behind it', async () => {
    const checks = judgeScenarios(await proved('lsm'), aegis);
    expect(checks.length).toBeGreaterThan(300);
  });
});

describe('a part of the scenarios', () => {
  const parts = ['*rename*', 'execve', 'a program that may run', 'signal int: open*', '*hook is missing*', '*gap', '*'];

  it.each(environments.flatMap((environment) => parts.map((glob) => [environment, glob] as const)))(
    'on %s of %s is what is listed of it, and nothing else',
    async (environment, glob) => {
      const scenarios = scenarioFilter([glob]);
      const listed = plannedEntries(aegis, agent, { classes: new Set(checkClasses), scenarios })
        .filter((one) => one.environments.includes(environment))
        .map((one) => `${one.class}: ${one.scenario}`);
      const ran = (await proved(environment, {}, { scenarios }))
        .filter(({ kind }) => !ofPhases.includes(kind))
        .map((one) => `${one.class}: ${one.scenario}`);
      // A part of the attempts with a signal has a line of its own in a list of them.
      const isOwn = (name: string): boolean => !/: (signal \w+: |[\w, ]+: (term|none|int|kill))/.test(name);
      expect([...new Set(ran)].filter(isOwn).sort()).toEqual(listed.filter(isOwn).sort());
      expect(ran.length > 0).toBe(listed.length > 0);
    },
  );

  it('keeps the policy, the controls and the neighbours of what is left', async () => {
    const [only, ...others] = (await proved('lsm', {}, { scenarios: scenarioFilter(['rename over']) })).filter(
      ({ kind }) => kind === 'denial',
    );
    expect(others).toEqual([]);
    expect(only).toMatchObject({ class: 'file', control: { neighbour: { pid: expect.any(Number) as number } } });
  });
});

describe('a run that ended at its first failure', () => {
  it('reports what was not begun, class by class, and none of it as passed', async () => {
    const evidence = await proved('lsm', {}, { halted: () => true });
    expect(new Set(evidence.map(({ kind }) => kind))).toEqual(new Set(['not-run']));
    expect(new Set(evidence.map((one) => one.class))).toEqual(new Set(checkClasses));
    const outcomes = judgeScenarios(evidence, aegis).map(({ outcome }) => outcome.kind);
    expect(new Set(outcomes)).toEqual(new Set(['unproved']));
  });

  it('keeps what was proved before', async () => {
    let phases = 0;
    const evidence = await proved('lsm', {}, { halted: () => ++phases > 2 });
    expect(evidence.filter(({ kind }) => kind === 'denial').length).toBeGreaterThan(50);
    const left = evidence.filter(({ kind }) => kind === 'not-run').map((one) => one.class);
    expect(left).toEqual(expect.arrayContaining(['signal', 'restart', 'records', 'posture']));
    expect(left).not.toContain('file');
  });
});

describe('an agent without some kind of rule', () => {
  it.each(ruleKinds)('without %s: told as not offered wherever it is needed', async (left) => {
    const evidence = await proved('lsm', { rules: new Set(ruleKinds.filter((kind) => kind !== left)) });
    const lacking = evidence.filter((one) => one.kind === 'not-offered' && one.detail.includes(left));
    expect(lacking.length).toBeGreaterThan(0);
    for (const one of judgeScenarios(lacking, aegis)) expect(one.outcome.kind).toBe('not-offered');
  });
});

describe('an agent that never comes up', () => {
  it.each(environments)('on %s is one failure, and nothing else is asked', async (environment) => {
    world.dies = () => true;
    const checks = judgeScenarios(await proved(environment), aegis);
    expect(checks.flatMap(({ outcome }) => (outcome.kind === 'fail' ? [outcome.code] : []))).toEqual([
      'AGENT_NOT_STARTED',
    ]);
    expect(checks.length).toBeLessThan(5);
  });
});

describe('an agent that refuses a kind of rule', () => {
  const refuses =
    (kind: string) =>
    ({ policy }: StartRequest): boolean =>
      policy?.includes(`[${kind}]`) === true;

  it.each(['deny_path', 'deny_exec', 'deny_bpf'])(
    '%s: one failure; what needs it is open, all else is asked',
    async (kind) => {
      world.dies = refuses(kind);
      const evidence = await proved('lsm');
      const claims = evidence.filter((one) => one.kind === 'claim' && one.blames === 'POLICY_REFUSED');
      expect(claims).toMatchObject([{ scenario: 'audit', check: `a policy with ${kind}`, holds: false }]);
      const open = new Set<boolean>();
      for (const one of evidence) {
        if (one.kind !== 'denial' || one.enforced === null) continue;
        const { denied } = one.enforced;
        open.add('missing' in denied);
        if ('missing' in denied) expect(denied.missing).toBe(`the agent refuses ${kind} rules (audit)`);
      }
      expect(open).toEqual(new Set([true, false]));
    },
  );

  it('deny_path: what has a denied file of its own is open as well, and says nothing false', async () => {
    world.dies = refuses('deny_path');
    const evidence = await proved('lsm');
    const open = evidence.filter((one) => one.kind === 'not-run');
    expect(open.map(({ class: name }) => name)).toEqual(expect.arrayContaining(['posture', 'records', 'restart']));
    for (const one of open)
      expect(one).toMatchObject({ detail: 'the agent refuses deny_path rules (audit)', phase: 'audit' });
    const seen = evidence.filter(({ kind }) => kind === 'posture' || kind === 'watch' || kind === 'records');
    expect(new Set(seen.map(({ scenario }) => scenario))).toEqual(new Set(['audit', 'enforce']));
  });

  it('takes each kind and not all of them: the failure is recorded, and each kind is proved in a start of its own', async () => {
    world.dies = ({ policy }) => ['[deny_path]', '[deny_exec]'].every((kind) => policy?.includes(kind));
    const evidence = await proved('lsm');
    const failed = evidence.flatMap((one) =>
      one.kind === 'claim' && !one.holds ? [`${one.scenario}: ${one.check}`] : [],
    );
    expect(failed).toEqual(expect.arrayContaining(['audit: comes up', 'enforce: comes up']));
    const denials = evidence.filter((one) => one.kind === 'denial' && one.enforced !== null);
    const proven = denials.filter(
      (one) => one.kind === 'denial' && one.enforced && !('missing' in one.enforced.denied),
    );
    expect(proven.length).toBeGreaterThan(denials.length / 2);
  });
});

describe('an agent that does not come up', () => {
  const ways: readonly (readonly [string, Environment, (request: StartRequest) => boolean])[] = [
    ['at all', 'lsm', () => true],
    ['at all', 'lsm-override', () => true],
    ['to audit', 'lsm', ({ options }) => options['mode'] === 'audit'],
    ['to audit', 'no-lsm', ({ options }) => options['mode'] === 'audit'],
    ['to enforce', 'lsm', ({ options }) => options['mode'] === 'enforce'],
    ['with signal term', 'lsm-override', ({ options }) => options['signal'] === 'term'],
    ['to take over', 'lsm', ({ more }) => more !== undefined],
    ['with signal kill', 'lsm', ({ options }) => options['signal'] === 'kill'],
  ];

  it.each(ways)('%s on %s is told as what it is', async (_, environment, dies) => {
    world.dies = dies;
    const raised = judgeScenarios(await proved(environment), aegis).flatMap(({ outcome }) =>
      outcome.kind === 'fail' ? [`${outcome.code}: ${outcome.actual}`] : [],
    );
    expect(raised.filter((one) => /AGENT_DIED|AGENT_NOT_STARTED|POSTURE_DISHONEST: it gave up/.test(one))).not.toEqual(
      [],
    );
  });
});
