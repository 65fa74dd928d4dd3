// SPDX-License-Identifier: Apache-2.0
import { ownActionOf } from '../../../model/event-fields.js';
import { describe, expect, it } from 'vitest';
import { defaultContract as contract } from '../../../contracts/registry.js';
import { reportInContract, speaking } from '../../../contracts/speaking.js';
import type { RawEvent } from '../../../model/scenario-evidence.js';
import { posture, report, snapshot } from '../../fixtures/evidence-posture.js';
import { codes, verdicts } from '../../fixtures/evidence.js';
import { dialectOf, foreignConfig } from '../../fixtures/foreign-dialect.js';

const { conventions } = contract;
const { vocabulary } = conventions;

const line = (event: RawEvent) => JSON.stringify(event);
const file = { event: 'file', process: { pid: 7 }, verdict: 'denied', path: '/secret' };

async function readLines(...lines: readonly string[]) {
  return speaking(contract, await dialectOf(foreignConfig)).events.read(lines);
}

describe('events of a dialect', () => {
  it('become those of the contract', async () => {
    const socket = {
      event: 'socket',
      op: 'connect',
      process: { pid: 8 },
      verdict: 0,
      remote_ip: '10.0.0.1',
      to: { port: 80 },
    };
    const { events, bad } = await readLines(
      line(file),
      line(socket),
      line({ event: 'posture', process: { pid: 9 }, posture: 'idle' }),
    );
    expect(bad).toEqual([]);
    expect(events[0]).toMatchObject({ type: 'block', pid: 7, action: 'BLOCK', path: '/secret' });
    expect(events[1]).toMatchObject({
      type: 'net_connect_block',
      pid: 8,
      action: 'AUDIT',
      remote_port: 80,
      direction: 'egress',
    });
    expect(contract.events.stateOf(events[2] ?? {})).toBe('AUDIT');
    // Its own word for what it did goes along.
    expect(events.map(ownActionOf)).toEqual(['denied', '0', null]);
  });

  it('of its own business, and text that is none, are left out', async () => {
    expect(await readLines(line({ event: 'heartbeat' }), '# started')).toEqual({ events: [], bad: [] });
  });

  it.each([
    [
      'an unknown type',
      { ...file, event: 'dir' },
      'event is "dir", which dialect.events.types does not have (nor dialect.events.ignore)',
    ],
    [
      'a word of the contract that it has another for',
      { ...file, verdict: 'BLOCK' },
      'verdict is "BLOCK", which dialect.events.values.action does not have',
    ],
    [
      'a state that it does not have',
      { event: 'posture', process: { pid: 1 }, posture: 'protect' },
      'posture is "protect", which dialect.states does not have',
    ],
    ['a field that is missing', { ...file, process: {} }, 'dialect.events.fields.pid is process.pid'],
  ])('with %s are a finding that names line and key', async (_, event, said) => {
    const { bad } = await readLines(line(event));
    expect(bad).toHaveLength(1);
    expect(bad[0]).toContain(said);
    // Its fields by their dotted paths, as `fields` names them.
    const [word] = Object.values(event).filter((value) => typeof value === 'string');
    expect(bad[0]).toMatch(new RegExp(`\\(.*event ${String(word)}.*\\)$`));
  });

  it('that are plain text and not said to be are a finding', async () => {
    expect((await readLines('hello')).bad).toEqual(['not a JSON object, and not in dialect.events.text: hello']);
  });

  it('must say what the agent does not lack, and no more', async () => {
    const { events } = speaking(contract, await dialectOf(foreignConfig));
    const about = { kind: 'file', path: '/secret' } as const;
    expect(events.pattern({ about, action: 'BLOCK', comm: 'attempt' }, () => ({ dev: 1, ino: 2 }))).toEqual({
      always: { type: 'block', action: 'BLOCK' },
      anyOf: [{ path: '/secret' }],
    });
  });

  it('announce a state in the words of the agent', async () => {
    const { events } = speaking(contract, await dialectOf(foreignConfig));
    expect(events.announcements('ENFORCE')).toEqual(['"posture":"enforcing"', '"posture": "enforcing"']);
    expect(events.announcements('DEGRADED')).toContain('"posture":"DEGRADED"');
  });
});

describe('a report of a dialect', () => {
  const ours = report('ENFORCE');
  const { hooks, ...rest } = ours as { hooks: Record<string, string> };
  const names = Object.keys(hooks).map((key) => key.replace('lsm_', ''));
  const theirs = {
    ...rest,
    runtime_state: undefined,
    posture: 'enforcing',
    hooks: Object.fromEntries(names.map((name) => [name, 'ok'])),
  };
  const config = {
    ...foreignConfig,
    report: { fields: { runtime_state: 'posture' }, attached: ['ok', true], detached: ['no', false], hookPrefix: '' },
  };
  const claimOf = async (value: RawEvent, more: object = {}) => {
    const dialect = await dialectOf({ ...config, report: { ...config.report, ...more } });
    return { report: reportInContract(value, contract, dialect), announced: null, earlier: [] };
  };

  it('is judged as one of the contract', async () => {
    expect(codes(posture('ENFORCE', { claim: await claimOf(theirs) }))).toEqual([]);
    expect(codes(posture('ENFORCE', { claim: await claimOf({ ...theirs, hooks: names }) }))).toEqual([]);
  });

  it('that says ok of a hook that is not live is caught', async () => {
    const claim = await claimOf(theirs);
    const [first = ''] = names;
    const seen = snapshot({ live: names.slice(1) });
    expect(first).not.toBe('');
    expect(verdicts(posture('ENFORCE', { claim, snapshot: seen }))['reported hooks']).toBe('SILENT_DOWNGRADE');
  });

  it.each([
    [
      'a word for a hook',
      { hooks: { ...theirs.hooks, [names[0] ?? '']: 'maybe' } },
      'is "maybe", which neither dialect.report.attached nor .detached has',
    ],
    ['a state', { posture: 'protect' }, 'posture is "protect", which dialect.states does not have'],
  ])('with %s that nobody knows is a finding that names the key', async (_name, wrong, said) => {
    const claim = await claimOf({ ...theirs, ...wrong });
    expect(claim.report).toMatchObject({ untranslated: [expect.stringContaining(said)] });
    expect(verdicts(posture('ENFORCE', { claim }))['report']).toBe('POSTURE_DISHONEST');
  });

  it('is asked for nothing that it lacks', async () => {
    const lacks = ['schema_version', 'capability', 'requirements', 'requirements_met', 'policy', 'hooks'];
    const little = Object.fromEntries(Object.entries(theirs).filter(([field]) => !lacks.includes(field)));
    expect(verdicts(posture('ENFORCE', { claim: await claimOf(little) }))['report']).toBe('POSTURE_DISHONEST');
    const found = verdicts(posture('ENFORCE', { claim: await claimOf(little, { lacks }) }));
    expect(found).toMatchObject({ state: 'pass', report: 'pass', 'reported hooks': 'not-offered' });
  });

  it('that is not written is not offered; the kernel is asked all the same', () => {
    const claim = { report: null, announced: 'ENFORCE', earlier: [] };
    const found = verdicts(posture('ENFORCE', { claim }));
    expect(found).toMatchObject({
      state: 'not-offered',
      report: 'not-offered',
      'reported hooks': 'not-offered',
      live: 'pass',
    });
    const none = snapshot({ live: [] });
    expect(verdicts(posture('ENFORCE', { claim, snapshot: none }))['live']).toBe('SILENT_DOWNGRADE');
  });
});

describe('a policy of a dialect', () => {
  const rules = [
    { deny_path: ['/a', '/b'], allow_cgroup: ['/exempt', '77'] },
    { deny_path: ['/b'], deny_bpf: [] },
  ];
  const all = new Set(conventions.rules);
  const written = async (policy: object) => speaking(contract, await dialectOf({ policy })).policy;

  it("is the contract's where nothing is said", async () => {
    const policy = await written({});
    expect(policy?.write(3, rules, all)).toBe(contract.policy?.write(3, rules, all));
    expect(policy?.malformed).toBe(contract.policy?.malformed);
  });

  it('has sections, flags and cgroups of its own', async () => {
    const policy = await written({
      sections: { deny_path: 'files' },
      flags: { deny_bpf: 'bpf = no' },
      cgroups: '/sys/fs/cgroup',
    });
    expect(policy?.write(3, rules, all)).toBe(
      'version=3\nbpf = no\n[files]\n/a\n/b\n[allow_cgroup]\n/sys/fs/cgroup/exempt\n77\n',
    );
    expect(policy?.malformed).toBe('version=1\n[deny_ip]\nnonsense\n');
  });

  it('is written by a template', async () => {
    const template = [
      'generation: {{version}}',
      '{{#deny_path}}',
      'files: [{{list deny_path}}]',
      '{{/deny_path}}',
      '{{^deny_ip}}',
      '# no addresses',
      '{{/deny_ip}}',
      'bpf: {{flag deny_bpf}}',
      '- exempt {{allow_cgroup}} ({{version}})',
    ];
    const policy = await written({ template });
    expect(policy?.write(2, rules, all)).toBe(
      'generation: 2\nfiles: ["/a", "/b"]\n# no addresses\nbpf: true\n- exempt /exempt (2)\n- exempt 77 (2)\n',
    );
    expect(policy?.write(1, [], all)).toBe('generation: 1\n# no addresses\nbpf: false\n');
    expect(policy?.write(1, rules, new Set(['deny_ip']))).not.toContain('/a');
  });
});

it('has types, states and fields that the contract reads', () => {
  expect(vocabulary?.states).toEqual(Object.keys(contract.states));
  expect(vocabulary?.types).toContain(vocabulary?.stateType);
  expect(Object.keys(vocabulary?.eventFields ?? {})).toContain(vocabulary?.stateField);
});
