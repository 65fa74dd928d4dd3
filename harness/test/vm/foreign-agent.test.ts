// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckReport } from '../../model/check.js';
import type { RunReport } from '../../model/report.js';
import { type Finished, kernelOf, matrix, reportOf, textOf } from './matrix.js';

/** mini-guard as another team would say it: a command line, an environment, an object and a dialect of its own. */
const example = 'docs/examples/mini-guard.json';

interface AgentRunner extends Record<string, unknown> {
  readonly object: string;
  readonly binary: string;
  readonly rules: readonly string[];
  readonly hooks: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly dialect: Record<string, unknown> & { readonly policy: Readonly<Record<string, unknown>> };
}

async function honest(): Promise<AgentRunner> {
  const { agent } = JSON.parse(await readFile(example, 'utf8')) as { agent: AgentRunner };
  const [object, binary] = [agent.object, agent.binary].map((path) => resolve(dirname(example), path));
  const template = resolve(dirname(example), String(agent.dialect.policy['template']));
  const dialect = { ...agent.dialect, policy: { template } };
  return { ...agent, object: object ?? '', binary: binary ?? '', dialect };
}

/** Its template writes what it does not understand. */
function claimsPorts({ rules, dialect }: AgentRunner): Pick<AgentRunner, 'rules' | 'dialect'> {
  const template = [
    'mini-guard policy {{version}}',
    'deny file {{deny_path}}',
    'deny peer {{deny_ip}}',
    'deny port {{deny_port}}',
    'deny process {{deny_comm}}',
  ];
  return { rules: [...rules, 'deny_port'], dialect: { ...dialect, policy: { template } } };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agent-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const unreadable = 'a policy nobody can read';

/** Proves these classes of an agent on 6.12. */
async function prove(agent: AgentRunner, only: string): Promise<Finished> {
  const config = join(folder, 'matrix.config.json');
  await writeFile(config, JSON.stringify({ agent }));
  return matrix(['--kernel', '6.12', '--only', only, '--config', config]);
}

function checksOf(report: RunReport): readonly CheckReport[] {
  const kernel = kernelOf(report, '6.12');
  return kernel.status === 'unavailable' ? [] : kernel.scenarios.flatMap(({ checks }) => checks);
}

/** `class: scenario, check: CODE` of everything that failed. */
function failuresOf(report: RunReport): readonly string[] {
  return checksOf(report).flatMap(({ class: name, scenario, check, outcome }) =>
    outcome.kind === 'fail' ? [`${name}: ${scenario}, ${check}: ${outcome.code}`] : [],
  );
}

describe('an agent of another team', () => {
  let agent: AgentRunner;
  let run: Finished;
  let report: RunReport;
  beforeAll(async () => {
    agent = await honest();
    run = await prove(agent, 'file,network,posture');
    report = await reportOf(run);
  });

  it('passes with what it claims', () => {
    expect(failuresOf(report)).toEqual([]);
    expect(run.exitCode).toBe(0);
    const outcomes = new Set(checksOf(report).map(({ outcome }) => outcome.kind));
    expect(outcomes).toEqual(new Set(['pass', 'not-offered']));
  });

  it.each([
    { name: 'file', rule: 'deny_path', atLeast: 10 },
    { name: 'network', rule: 'deny_ip', atLeast: 12 },
  ])('has every check of the proof of $rule', ({ name, atLeast }) => {
    const own = checksOf(report).filter((check) => check.class === name && check.outcome.kind === 'pass');
    const checks = ['control', 'denied', 'event', 'neighbour', 'neighbour event', 'audit', 'audit event'];
    for (const check of checks) {
      expect([check, own.filter((one) => one.check === check).length >= atLeast]).toEqual([check, true]);
    }
  });

  it('is given a policy nobody can read where it reads its policy, and refuses it there', () => {
    const own = checksOf(report).filter(({ scenario, check }) => scenario === unreadable && check !== 'kernel log');
    expect(own.map(({ check, outcome }) => [check, outcome.kind])).toEqual([['refused', 'pass']]);
  });

  it('has a kind of rule of its own proved, with control, neighbour, audit mode and events', () => {
    const own = checksOf(report).filter(({ scenario }) => scenario.startsWith('deny_comm: '));
    expect(new Set(own.map(({ class: name, scenario }) => `${name}: ${scenario}`))).toEqual(
      new Set(['file: deny_comm: open', 'network: deny_comm: connect']),
    );
    const denied = own.filter(({ check }) => check === 'denied');
    expect(denied.map(({ attempt, outcome }) => [attempt, outcome.kind])).toEqual([
      ['open /t/enforce/file/deny_comm-open-comm r (as barred-1)', 'pass'],
      ['connect 127.0.0.5 80 tcp (as barred-1)', 'pass'],
    ]);
    const beside = own.filter(({ check }) => check === 'neighbour').map(({ attempt }) => attempt);
    expect(beside).toEqual([
      'open /t/enforce/file/deny_comm-open-comm-beside r (as spared-1)',
      'connect 127.0.0.5 80 tcp (as spared-1)',
    ]);
    for (const check of ['control', 'control neighbour', 'event', 'neighbour event', 'audit', 'audit event']) {
      expect(own.filter((one) => one.check === check).map(({ outcome }) => outcome.kind)).toEqual(['pass', 'pass']);
    }
  });

  it('is not said to pass what it does not support', () => {
    const scenarios = [
      'a rule on an inode',
      'the first address of a CIDR',
      'a denied port',
      'bind of a port denied for tcp bind',
      'open from an exempt cgroup',
    ];
    for (const scenario of scenarios) {
      const outcomes = checksOf(report).filter((check) => check.scenario === scenario);
      expect(outcomes).toMatchObject([{ check: 'offered', outcome: { kind: 'not-offered', by: 'agent' } }]);
    }
  });

  it('is named, with the libraries that were found and uploaded', async () => {
    expect(report.agent?.name).toBe('mini-guard');
    expect(resolve(report.agent?.file ?? '')).toBe(agent.binary);
    const names = report.agent?.libraries.map((path) => path.slice(path.lastIndexOf('/') + 1)) ?? [];
    expect(names).toEqual(expect.arrayContaining(['ld-linux-x86-64.so.2', 'libbpf.so.1', 'libc.so.6']));
    expect(report.objects.map(({ name }) => name)).toEqual(['mini']);
    for (const file of ['summary.md', 'junit.xml']) expect(await textOf(run, file)).toContain('mini-guard');
  });
});

/** The same policy, from the contract's by a program of this host. */
const bySed = [
  '/bin/sed',
  '-n',
  ...['-e', 's/^version=/mini-guard policy /p'],
  ...['-e', '/^\\[deny_path\\]$/,/^\\[/s|^/|deny file /|p'],
  ...['-e', '/^\\[deny_ip\\]$/,/^\\[/s/^[0-9a-f:]/deny peer &/p'],
  ...['-e', '/^\\[deny_comm\\]$/,/^\\[/s/^[a-z]/deny process &/p'],
];

describe('a policy by a command', () => {
  it('is what the agent gets', async () => {
    const agent = await honest();
    const dialect = { ...agent.dialect, policy: { command: bySed } };
    const run = await prove({ ...agent, dialect }, 'file');
    expect(failuresOf(await reportOf(run))).toEqual([]);
    expect(run.exitCode).toBe(0);
    expect(await textOf(run, 'logs/6.12/lsm/enforce/policy')).toMatch(/^mini-guard policy 1\ndeny file \//);
  });

  it('that fails is named, and nothing is said to pass', async () => {
    const agent = await honest();
    const dialect = { ...agent.dialect, policy: { command: ['/bin/sed', 'nonsense'] } };
    const run = await prove({ ...agent, dialect }, 'file');
    expect(run.exitCode).toBe(1);
    expect(failuresOf(await reportOf(run))).toEqual(['posture: the agent, it starts: AGENT_NOT_STARTED']);
    expect(run.stdout).toContain('dialect.policy.command did not write the policy');
    expect(run.stdout).toContain('extra characters after command');
  });
});

describe('a fault planted in the agent of another team', () => {
  const faulty = async (fault: string): Promise<AgentRunner> => {
    const agent = await honest();
    return { ...agent, env: { ...agent.env, MINI_FAULT: fault } };
  };

  it('announced before it loads: caught, though the line by which it is ready comes later', async () => {
    // As plain text, so that this line is raced as well.
    const ready = { stream: 'stderr', pattern: 'watching' };
    const run = await prove({ ...(await faulty('early')), ready }, 'posture');
    expect(run.exitCode).toBe(1);
    const report = await reportOf(run);
    expect(failuresOf(report)).toContain(
      'posture: enforcement is announced when it is true, announced state: POSTURE_DISHONEST',
    );
    const raced = checksOf(report).filter(({ scenario }) => scenario === 'enforcement is announced when it is true');
    expect(raced.find(({ check }) => check === 'announcement')?.outcome.kind).toBe('pass');
  });

  it('announced, and the policy was never applied: caught in an agent that ends', async () => {
    const agent = await faulty('early');
    const run = await prove({ ...agent, prepare: [] }, 'file');
    const failures = failuresOf(await reportOf(run));
    expect(failures).toContain('posture: enforce, announcement: POSTURE_DISHONEST');
    expect(run.stdout).toContain('it announced ENFORCE');
  });

  it('takes a policy nobody can read, and says that it enforces: one finding', async () => {
    const run = await prove(await faulty('any-policy'), 'posture');
    expect(failuresOf(await reportOf(run))).toContain(`posture: ${unreadable}, state: POSTURE_DISHONEST`);
    const kernel = kernelOf(await reportOf(run), '6.12');
    expect(kernel.status === 'ran' ? kernel.findings.map(({ code }) => code) : []).toEqual(['POSTURE_DISHONEST']);
  });

  it('takes rules on processes and leaves them out: one finding, which names the kind of rule', async () => {
    const run = await prove(await faulty('process-rule'), 'file,network');
    expect(run.exitCode).toBe(1);
    const kernel = kernelOf(await reportOf(run), '6.12');
    const [finding, ...others] = kernel.status === 'ran' ? kernel.findings : [];
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'ENFORCEMENT_LEAK', rule: 'deny_comm' });
    expect(run.stdout).toContain('deny_comm');
  });

  it('a state and a hook in words that the dialect does not have: the finding names line and key', async () => {
    const word = await reportOf(await prove(await faulty('state-word'), 'ptrace'));
    const lines = checksOf(word).find(({ check }) => check === 'event lines');
    expect(lines?.outcome).toMatchObject({ kind: 'fail', code: 'EVENT_WRONG' });
    expect(JSON.stringify(lines?.outcome)).toContain('which dialect.states does not have (event posture, ');
    const hook = await reportOf(await prove(await faulty('hook-word'), 'ptrace'));
    expect(failuresOf(hook)).toContain('posture: enforce, report: POSTURE_DISHONEST');
    expect(JSON.stringify(checksOf(hook))).toContain(
      'hooks.file_open is \\"maybe\\", which neither dialect.report.attached nor .detached has',
    );
  });
});

describe('an agent of another team that claims too much', () => {
  it('is not asked for an operation that it never claimed, and not said to pass it', async () => {
    const agent = await honest();
    const operations = ['open', 'create', 'truncate', 'link', 'unlink', 'copy-up', 'mmap', 'handle', 'io_uring'];
    const run = await prove(
      { ...agent, operations, hooks: agent.hooks.filter((hook) => hook !== 'inode_rename') },
      'file',
    );
    expect(run.exitCode).toBe(0);
    const renames = checksOf(await reportOf(run)).filter(({ scenario }) => scenario.startsWith('rename'));
    expect(renames).toHaveLength(2);
    for (const { check, outcome } of renames) {
      expect([check, outcome]).toEqual([
        'offered',
        { kind: 'not-offered', by: 'agent', detail: 'it does not claim to deny rename' },
      ]);
    }
  });

  it('is caught with a hook it does not have', async () => {
    const agent = await honest();
    const run = await prove({ ...agent, hooks: [...agent.hooks, 'socket_bind'] }, 'ptrace');
    expect(run.exitCode).toBe(1);
    expect(failuresOf(await reportOf(run))).toEqual(['posture: enforce, live: SILENT_DOWNGRADE']);
    expect(run.stdout).toContain('not live: socket_bind');
  });

  it('is caught with a rule it does not know, once, and every other rule is proved', async () => {
    const agent = await honest();
    const run = await prove({ ...agent, ...claimsPorts(agent) }, 'network');
    expect(run.exitCode).toBe(1);
    const report = await reportOf(run);
    expect(failuresOf(report)).toEqual(['posture: audit, a policy with deny_port: POLICY_REFUSED']);
    expect(run.stdout).toContain('neither a file, a peer nor a process is denied');
    const denied = checksOf(report).filter(({ class: name, check }) => name === 'network' && check === 'denied');
    expect(new Set(denied.map(({ outcome }) => outcome.kind))).toEqual(new Set(['pass', 'unproved']));
    const open = denied.flatMap(({ outcome }) => (outcome.kind === 'unproved' ? [outcome] : []));
    for (const one of open)
      expect(one).toMatchObject({ detail: 'the agent refuses deny_port rules (audit)', phase: 'audit' });
  });

  it('is asked once more, and then no more, when it never starts; what it was given is kept', async () => {
    const { object } = await honest();
    const config = join(folder, 'false.json');
    await writeFile(config, JSON.stringify({ agent: { name: 'false', object, binary: '/bin/false' } }));
    const run = await matrix(['--kernel', '6.12', '--only', 'file,posture', '--config', config]);
    expect(run.exitCode).toBe(1);
    const report = await reportOf(run);
    expect(failuresOf(report)).toEqual(Array(3).fill('posture: the agent, it starts: AGENT_NOT_STARTED'));
    expect(checksOf(report).length).toBeLessThan(10);
    expect(run.stdout).toContain('exit 1, nothing on stderr');
    const start = await textOf(run, 'logs/6.12/lsm/audit.2/command.txt');
    expect(start).toMatch(/'\/agent\/false' 'run' '--audit'.*\n# Coming up: it ended without being ready: exit 1\n/);
    expect(await textOf(run, 'logs/6.12/lsm/audit/policy')).toContain('[deny_path]');
  });
});
