// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAgent } from '../../../config/agent.js';
import { readConfig } from '../../../config/file.js';
import { UsageError } from '../../../model/errors.js';
import type { Agent } from '../../../model/agent.js';
import { ruleKinds } from '../../../contracts/aegis/policy.js';
import { conventions } from '../../../contracts/registry.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agent-test-'));
  await copyFile('build/aegis.bpf.o', join(folder, 'theirs.bpf.o'));
  await mkdir(join(folder, 'lib'));
  const cc = (...args: string[]) => execFileSync('cc', args, { cwd: folder, input: '' });
  await writeFile(join(folder, 'number.c'), 'int number(void) { return 0; }\n');
  await writeFile(join(folder, 'main.c'), 'int number(void);\nint main(void) { return number(); }\n');
  cc('-shared', '-fPIC', '-o', 'lib/libnumber.so', 'number.c');
  cc('-shared', '-fPIC', '-o', 'lib/libplugin.so', 'number.c');
  cc('-o', 'unfindable', 'main.c', '-Llib', '-lnumber');
  cc('-o', 'origin', 'main.c', '-Llib', '-lnumber', '-Wl,-rpath,$ORIGIN/lib');
  cc('-o', 'no-loader', 'main.c', '-Llib', '-lnumber', '-Wl,--dynamic-linker=/lib/ld-none.so.1');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const minimal = { name: 'theirs', object: 'theirs.bpf.o', binary: '/bin/true' };

async function agentOf(agent: object): Promise<Agent> {
  const file = join(folder, 'matrix.config.json');
  await writeFile(file, JSON.stringify({ agent }));
  const places = { conventions, root: '.', built: 'build', folder, object: null };
  return readAgent(await readConfig(file, conventions), places);
}

const refusal = (agent: object): Promise<UsageError> =>
  agentOf(agent).then(
    () => {
      throw new Error('it was taken');
    },
    (error: unknown) => error as UsageError,
  );

const places = { conventions, root: process.cwd(), built: join(process.cwd(), 'build') };

describe('our own agent', () => {
  it('is the contract, its hooks and the files of the build', async () => {
    const own = await readAgent({}, { ...places, folder: '/nowhere', object: null });
    expect(own.identity).toMatchObject({ name: 'aegis-agent', file: 'build/agent/aegis-agent', libraries: [] });
    expect(own.paths).toEqual({ binary: '/aegis/aegis-agent', object: '/aegis/aegis.bpf.o', folder: '/aegis' });
    expect(own.uploads.map(({ path, mode }) => [path, mode])).toEqual([
      ['/aegis/aegis-agent', 0o755],
      ['/aegis/aegis.bpf.o', 0o644],
    ]);
    expect(own.run.join(' ')).toBe(
      '{binary} run {mode} --enforce-signal={signal} --enforce-fallback={fallback} --enforce-gate-mode={gate} ' +
        '--kill-escalation-threshold={threshold} --kill-escalation-window-seconds={window} --policy {policy}',
    );
    expect(own.env).toEqual({ AEGIS_BPF_OBJ: '{object}', AEGIS_CAPABILITIES_REPORT_PATH: '{report}' });
    expect(own.spelling.mode).toEqual({ enforce: '--enforce', audit: '--audit' });
    expect([...own.rules]).toEqual([...ruleKinds]);
    expect(own).toMatchObject({ takeover: ['--takeover'], reload: 1, report: '/aegis/capabilities.json' });
  });

  it('names every LSM hook that the agent itself knows', async () => {
    const { hooks } = await readAgent({}, { ...places, folder: '/nowhere', object: null });
    const source = await readFile('bpf/agent/hooks.c', 'utf8');
    const known = [...source.matchAll(/\{"(\w+)", HOOK_LSM/g)].map(([, name]) => name);
    expect(known.length).toBeGreaterThan(15);
    expect([...hooks].sort()).toEqual([...known].sort());
  });
});

describe("another team's agent", () => {
  it('brings its loader and its libraries, where the loader looks for them', async () => {
    const agent = await agentOf(minimal);
    expect(agent.identity.libraries).toContain('/lib64/ld-linux-x86-64.so.2');
    expect(agent.identity.libraries.some((path) => path.endsWith('/libc.so.6'))).toBe(true);
    expect(agent.uploads[0]?.bytes.equals(await readFile('/bin/true'))).toBe(true);
    expect(agent.paths.binary).toBe('/agent/true');
    expect(agent.hooks).toContain('file_open');
    expect(agent.deadlines).toEqual({ ready: 60_000, stop: 20_000 });
  });

  it('may find a library beside itself; in the guest it lies beside libc', async () => {
    const { identity } = await agentOf({ ...minimal, binary: 'origin' });
    const libc = identity.libraries.find((path) => path.endsWith('/libc.so.6')) ?? '';
    expect(identity.libraries).toContain(libc.replace('libc.so.6', 'libnumber.so'));
  });

  it('may name libraries: those out of sight, and those that are opened at run time', async () => {
    const libraries = ['lib/libnumber.so', 'lib/libplugin.so'];
    const { identity } = await agentOf({ ...minimal, binary: 'unfindable', libraries });
    const names = identity.libraries.map((path) => path.slice(path.lastIndexOf('/') + 1));
    expect(names).toEqual(expect.arrayContaining(['libnumber.so', 'libplugin.so', 'libc.so.6']));
    expect(new Set(identity.libraries).size).toBe(identity.libraries.length);
  });

  it('may bring files, with their permissions', async () => {
    await writeFile(join(folder, 'tool'), 'x');
    await chmod(join(folder, 'tool'), 0o700);
    const { uploads } = await agentOf({ ...minimal, files: { '/etc/theirs/tool': 'tool' } });
    expect(uploads.find(({ path }) => path === '/etc/theirs/tool')).toMatchObject({ mode: 0o700 });
  });

  it('is taken at its word', async () => {
    const agent = await agentOf({
      ...minimal,
      run: ['{binary}', 'daemon'],
      env: { AEGIS_BPF_OBJ: '/elsewhere', LEVEL: 'debug' },
      spelling: { mode: { audit: '' }, signal: { term: 'SIGTERM' } },
      ready: { stream: 'stderr', pattern: '^READY$' },
      deadlines: { ready: '2m' },
      signals: ['kill'],
      rules: ['deny_path'],
      hooks: ['file_open'],
    });
    expect(agent.env).toEqual({
      AEGIS_BPF_OBJ: '/elsewhere',
      AEGIS_CAPABILITIES_REPORT_PATH: '{report}',
      LEVEL: 'debug',
    });
    expect(agent.spelling).toMatchObject({ mode: { enforce: '--enforce', audit: '' }, signal: { term: 'SIGTERM' } });
    expect(agent.ready.pattern.test('READY')).toBe(true);
    expect(agent.deadlines).toEqual({ ready: 120_000, stop: 20_000 });
    expect([...agent.signals]).toEqual(['none', 'kill']);
    expect(agent.hooks).toEqual(['file_open']);
  });

  it.each([
    [
      'a missing library',
      { binary: 'unfindable' },
      /agent\.binary: .*unfindable needs the shared library libnumber\.so/,
    ],
    [
      'a missing loader',
      { binary: 'no-loader' },
      /asks for the loader \/lib\/ld-none\.so\.1, which is not on this host/,
    ],
    ['a missing binary', { binary: 'absent' }, /agent\.binary: .*absent cannot be read/],
    ['a folder', { binary: 'lib' }, /agent\.binary: .*lib cannot be read: it is a folder, not a file/],
    ['a library', { binary: 'lib/libnumber.so' }, /agent\.binary: .*(is a shared library|names no loader)/],
    ['an object for a program', { binary: 'theirs.bpf.o' }, /agent\.binary: .*is for BPF, not for x86-64/],
    ['a script', { binary: 'main.c' }, /agent\.binary: .*main\.c is not an ELF file/],
    ['a program for an object', { object: 'origin' }, /agent\.object: object .*origin is for x86-64, not for BPF/],
    ['a missing file', { files: { '/etc/x': 'absent' } }, /agent\.files\.\/etc\/x: .*absent cannot be read/],
    ['two files of one name', { files: { '/agent/true': 'main.c' } }, /two files would be \/agent\/true/],
    ['a missing named library', { libraries: ['absent.so'] }, /absent\.so/],
  ])('is refused: %s', async (_name, fault, words) => {
    const error = await refusal({ ...minimal, ...fault });
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(words);
    expect(error.next).toBeTruthy();
  });

  it('that is static has no use for libraries', async () => {
    await copyFile('build/guest/init', join(folder, 'static'));
    expect((await agentOf({ ...minimal, binary: 'static' })).identity.libraries).toEqual([]);
    const error = await refusal({ ...minimal, binary: 'static', libraries: ['lib/libnumber.so'] });
    expect(error.message).toContain('is static');
  });
});
