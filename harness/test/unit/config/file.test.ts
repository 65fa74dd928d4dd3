// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../../config/file.js';
import { placeholdersOf } from '../../../config/placeholders.js';
import { agentSchema } from '../../../config/agent-schema.js';
import { conventions } from '../../../contracts/registry.js';
import { observer } from '../contracts/fixture/observer.js';
import { UsageError } from '../../../model/errors.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const minimal = { name: 'theirs', object: 'theirs.bpf.o', binary: 'theirs' };

async function read(value: unknown) {
  const file = join(folder, 'matrix.config.json');
  await writeFile(file, typeof value === 'string' ? value : JSON.stringify(value));
  return readConfig(file, conventions);
}

async function refusal(value: unknown): Promise<UsageError> {
  const error: unknown = await read(value).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof UsageError) return error;
  throw new Error(`no usage error for ${JSON.stringify(value)}`);
}

describe('an agent', () => {
  it('needs three fields; the rest is what the contract says', async () => {
    const { agent } = await read({ $schema: 'docs/matrix.config.schema.json', agent: minimal });
    expect(agent).toMatchObject({
      libraries: 'auto',
      folder: '/agent',
      prepare: [],
      ready: { stream: 'stdout', pattern: '"type":"state_change"' },
      deadlines: { ready: '60s', stop: '20s' },
      fallback: true,
      auditFallback: true,
      hooks: 'object',
      takeover: null,
      reload: null,
    });
    expect(agent?.run.slice(0, 3)).toEqual(['{binary}', 'run', '{mode}']);
    expect(agent?.rules).toContain('deny_port');
  });

  it.each([
    [{ run: ['{binary}', 'run', '{polcy}'] }, 'agent.run.2: unknown placeholder {polcy}; there are {binary}, {object}'],
    [{ run: ['{binary}', '{a}', '{b}'] }, 'agent.run.1: unknown placeholder {a}'],
    [{ run: [] }, 'agent.run: a command needs at least a program'],
    [{ run: ['theirs', 'run'] }, "agent.run.0: 'theirs' is not a path in the guest"],
    [{ prepare: [['{binary}', 'load'], ['cp']] }, "agent.prepare.1.0: 'cp' is not a path in the guest"],
    [{ prepare: [['{binary}', '{nope}']] }, 'agent.prepare.0.1: unknown placeholder {nope}'],
    [{ env: { LEVEL: '{level}' } }, 'agent.env.LEVEL: unknown placeholder {level}'],
    [{ env: { 'A=B': 'x' } }, 'agent.env.A=B: not the name of a variable'],
    [{ takeover: ['{over}'] }, 'agent.takeover.0: unknown placeholder {over}'],
    [{ takeover: [] }, 'agent.takeover: no arguments'],
    [{ spelling: { mode: { enforced: 'x' } } }, 'agent.spelling.mode'],
    [{ ready: { pattern: '(' } }, 'agent.ready.pattern: Invalid regular expression'],
    [{ ready: { stream: 'stdlog' } }, 'agent.ready.stream: expected one of stdout, stderr, found "stdlog"'],
    [{ deadlines: { ready: '0s' } }, 'agent.deadlines.ready: not a time above 0'],
    [{ deadlines: { stop: 'soon' } }, 'agent.deadlines.stop: not a time above 0'],
    [{ rules: ['deny_path', 'deny_all'] }, 'agent.rules.1: expected one of deny_path, deny_inode'],
    [{ hooks: 'all' }, 'agent.hooks: neither "object" nor a list of LSM hooks'],
    [{ libraries: 'none' }, 'agent.libraries: neither "auto" nor a list of paths'],
    [{ report: 'capabilities.json' }, 'agent.report: not an absolute path in the guest'],
    [{ folder: '/a/../b' }, 'agent.folder: a path in the guest without . and ..'],
    [{ files: { 'etc/x': 'x' } }, 'agent.files.etc/x: not an absolute path in the guest'],
    [{ reload: 'SIGFOO' }, 'agent.reload: no signal of Linux has this name'],
    [{ name: undefined }, 'agent.name: is missing'],
    [{ colour: 'red' }, "agent: there is no field 'colour'"],
  ])('located: %j', async (fault, words) => {
    const error = await refusal({ agent: { ...minimal, ...fault } });
    expect(error.message).toContain(`matrix.config.json: ${words}`);
    expect(error.next).toContain('docs/configuration.md');
  });

  it('may hold braces that are no placeholder', async () => {
    const { agent } = await read({ agent: { ...minimal, env: { JSON: '{"a": {}}' }, run: ['{binary}', '{1}'] } });
    expect(agent?.env).toEqual({ JSON: '{"a": {}}' });
  });
});

it('is documented field by field, with every placeholder', async () => {
  const text = await readFile('docs/configuration.md', 'utf8');
  const rows = text.slice(text.indexOf('| field of `agent`'), text.indexOf('Words of `run`'));
  const told = [...rows.matchAll(/^\| (`[^|]+`) +\|/gm)].flatMap(([, cell = '']) => cell.match(/\w+(?=[`.])/g) ?? []);
  expect([...new Set(told)].sort()).toEqual(
    expect.arrayContaining(Object.keys(agentSchema(conventions[0]).shape).sort()),
  );
  for (const name of placeholdersOf(conventions[0])) expect(text).toContain(`\`{${name}}\``);
});

it('takes the example', async () => {
  const { agent } = await readConfig('docs/examples/matrix.config.json', conventions);
  expect(agent).toMatchObject({ name: 'warden', fallback: false, deadlines: { ready: '45s', stop: '20s' } });
});

describe('the contract of an agent', () => {
  it('is aegis where nothing is said', async () => {
    expect((await read({ agent: minimal })).agent?.contract).toBe('aegis');
    expect((await read({ agent: { ...minimal, contract: 'aegis' } })).agent?.contract).toBe('aegis');
  });

  it('must be one that there is; the error lists them', async () => {
    const error = await refusal({ agent: { ...minimal, contract: 'egis' } });
    expect(error.message).toBe(`${join(folder, 'matrix.config.json')}: agent.contract: there is no contract 'egis'`);
    expect(error.next).toBe(`one of ${conventions.map(({ contract }) => contract).join(', ')}`);
    expect((await refusal({ agent: { ...minimal, contract: 7 } })).message).toContain('agent.contract: ');
  });

  it('decides which fields there are', async () => {
    const file = join(folder, 'observer.config.json');
    const readObserver = async (agent: object) => {
      await writeFile(file, JSON.stringify({ agent: { ...minimal, contract: 'observer', ...agent } }));
      return readConfig(file, [...conventions, observer.conventions]);
    };
    const { agent } = await readObserver({});
    expect(agent).toMatchObject({ run: ['{binary}', 'observe'], rules: [], signals: [], overrides: [], spelling: {} });
    expect(agent).not.toHaveProperty('fallback');
    for (const [fault, message] of [
      [{ fallback: true }, "there is no field 'fallback'"],
      [{ rules: ['deny_path'] }, 'agent.rules.0'],
      [{ spelling: { mode: {} } }, "there is no field 'mode'"],
      [{ report: '/r.json' }, 'the contract observer has no capability report'],
      [{ run: ['{binary}', '{mode}'] }, 'unknown placeholder {mode}; there are {binary}, {object}, {policy}'],
    ] as const) {
      await expect(readObserver(fault)).rejects.toThrow(message);
    }
  });
});

describe('keys by the names they had before', () => {
  it('are read, with one notice', async () => {
    const { agent, notices } = await read({ subject: { ...minimal, seams: ['lsm'] } });
    expect(agent).toMatchObject({ name: 'theirs', overrides: ['lsm'] });
    expect(notices).toEqual([
      `${join(folder, 'matrix.config.json')}: 'subject' is now called 'agent', and 'seams' is now called 'overrides'; ` +
        'the old names are still read',
    ]);
    const half = await read({ agent: { ...minimal, seams: [] } });
    expect(half.agent?.overrides).toEqual([]);
    expect(half.notices).toHaveLength(1);
    expect((await read({ agent: minimal })).notices).toEqual([]);
  });

  it.each([
    [{ subject: minimal, agent: minimal }, "'subject' is the old name of 'agent', and both are there"],
    [{ agent: { ...minimal, seams: [], overrides: [] } }, "'seams' is the old name of 'overrides', and both are there"],
  ])('are an error beside the new one: %j', async (file, message) => {
    expect((await refusal(file)).message).toContain(message);
  });

  it('have their faults located by the new name', async () => {
    expect((await refusal({ subject: { ...minimal, seams: ['x'] } })).message).toContain('agent.overrides.0: ');
    expect((await refusal({ subject: [] })).message).toContain('agent: ');
  });
});

describe('the file', () => {
  it('may be absent only where none is named', async () => {
    await expect(readConfig(join(folder, 'absent.json'), conventions)).rejects.toThrow(/absent.json cannot be read/);
  });

  it('must be JSON, and says how many faults there are', async () => {
    expect((await refusal('{')).message).toContain('matrix.config.json is not JSON');
    expect((await refusal({ agent: {} })).message).toContain('agent.name: is missing (and 2 more)');
    expect((await refusal({ agenda: minimal })).message).toContain("top level: there is no field 'agenda'");
  });
});

describe('several agents', () => {
  const probe = { ...minimal, contract: 'audit' };

  it('are read each by its own contract; the name of a contract is our own agent', async () => {
    const { agent, agents } = await read({ agents: [minimal, probe] });
    expect(agent).toBeUndefined();
    expect(agents).toMatchObject([{ contract: 'aegis' }, { contract: 'audit', enroll: ['{binary}', 'trace', '--'] }]);
    expect((await read({ agents: ['aegis', 'audit'] })).agents).toEqual(['aegis', 'audit']);
  });

  it.each([
    [{ agents: [] }, 'agents: is not a list of agents'],
    [{ agents: minimal }, 'agents: is not a list of agents'],
    [{ agent: minimal, agents: ['audit'] }, "'agent' and 'agents' are both there"],
    [{ agents: ['aegis', 'observer'] }, "agents.1: there is no contract 'observer': aegis, audit"],
    [{ agents: ['aegis', minimal] }, 'agents: two keep the contract aegis'],
    [{ agents: ['aegis', { ...probe, rules: ['deny_path'] }] }, 'agents.1.rules.0: '],
    [
      { agents: [{ ...minimal, enroll: ['{binary}'] }] },
      'agents.0.enroll: agents of the contract aegis look at everybody',
    ],
    [{ agents: ['aegis', 7] }, 'agents.1: expected an object, found 7'],
  ])('are refused with their place: %j', async (file, message) => {
    expect((await refusal(file)).message).toContain(message);
  });
});
