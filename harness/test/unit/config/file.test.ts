import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../../config/file.js';
import { placeholders } from '../../../config/placeholders.js';
import { agentSchema } from '../../../config/agent-schema.js';
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
  return readConfig(file);
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
    [
      { run: ['{binary}', 'run', '{polcy}'] },
      'agent.run.2: unknown placeholder {polcy}; there are {binary}, {object}',
    ],
    [{ run: ['{binary}', '{a}', '{b}'] }, 'agent.run.1: unknown placeholder {a}'],
    [{ run: [] }, 'agent.run: a command needs at least one word'],
    [{ run: ['theirs', 'run'] }, "agent.run.0: 'theirs' is not a path in the guest"],
    [{ prepare: [['{binary}', 'load'], ['cp']] }, "agent.prepare.1.0: 'cp' is not a path in the guest"],
    [{ prepare: [['{binary}', '{nope}']] }, 'agent.prepare.0.1: unknown placeholder {nope}'],
    [{ env: { LEVEL: '{level}' } }, 'agent.env.LEVEL: unknown placeholder {level}'],
    [{ env: { 'A=B': 'x' } }, 'agent.env.A=B: not the name of a variable'],
    [{ takeover: ['{over}'] }, 'agent.takeover.0: unknown placeholder {over}'],
    [{ takeover: [] }, 'agent.takeover: no words'],
    [{ spelling: { mode: { enforced: 'x' } } }, 'agent.spelling.mode'],
    [{ ready: { pattern: '(' } }, 'agent.ready.pattern: Invalid regular expression'],
    [{ ready: { stream: 'stdlog' } }, 'agent.ready.stream: Invalid option'],
    [{ deadlines: { ready: '0s' } }, 'agent.deadlines.ready: not a time above 0'],
    [{ deadlines: { stop: 'soon' } }, 'agent.deadlines.stop: not a time above 0'],
    [{ rules: ['deny_path', 'deny_all'] }, 'agent.rules.1: Invalid option'],
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
  expect([...new Set(told)].sort()).toEqual(expect.arrayContaining(Object.keys(agentSchema.shape).sort()));
  for (const name of placeholders) expect(text).toContain(`\`{${name}}\``);
});

it('takes the example', async () => {
  const { agent } = await readConfig('docs/examples/matrix.config.json');
  expect(agent).toMatchObject({ name: 'warden', fallback: false, deadlines: { ready: '45s', stop: '20s' } });
});

describe('the file', () => {
  it('may be absent only where none is named', async () => {
    await expect(readConfig(join(folder, 'absent.json'))).rejects.toThrow(/absent.json cannot be read/);
  });

  it('must be JSON, and says how many faults there are', async () => {
    expect((await refusal('{')).message).toContain('matrix.config.json is not JSON');
    expect((await refusal({ agent: {} })).message).toContain('agent.name: is missing (and 2 more)');
    expect((await refusal({ agents: minimal })).message).toContain("top level: there is no field 'agents'");
  });
});
