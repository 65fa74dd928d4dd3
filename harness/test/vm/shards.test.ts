// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cacheFolder } from '../../kernels/index.js';
import { readRunJson } from '../../results/run-json.js';
import { type ExampleProcess, kubernetesExample } from '../fixtures/shard-examples.js';
import { timelessFolder } from './timeless-folder.js';

/** Stands for the volume that all containers write to. */
let volume: string;
let ended: readonly Ended[];
beforeAll(async () => {
  volume = await mkdtemp(join(tmpdir(), 'shards-test-'));
  const { shards } = kubernetesExample();
  const whole = { args: ['--kernel', 'default', '--out', 'one'], env: {} };
  ended = await Promise.all([whole, ...shards].map(started));
});
afterAll(() => rm(volume, { recursive: true }));

interface Ended {
  readonly exitCode: number | undefined;
  readonly all: string;
}

/** As its container would be: with the command and the environment of the example, a home and a cache of its own. */
async function started({ args, env }: ExampleProcess): Promise<Ended> {
  const home = await mkdtemp(join(volume, '.home-'));
  const cache = join(home, 'cache');
  await mkdir(join(cache, 'bpf-matrix'), { recursive: true });
  // Which archive it comes from is not the question.
  await symlink(join(cacheFolder(), 'kernels'), join(cache, 'bpf-matrix/kernels'));
  const small = args.map((text) => (text === 'default' ? '6.12' : text));
  const part = args[0] === 'merge' ? [] : ['--only', 'module', '--accel', 'tcg'];
  const { exitCode, all } = await execa('node', [resolve('dist/harness/cli/main.js'), ...small, ...part], {
    cwd: volume,
    // Nobody would restore what is frozen into a cache of one process.
    env: { NO_COLOR: '1', BPF_MATRIX_SNAPSHOT_MIB: '0', ...env, HOME: home, XDG_CACHE_HOME: cache, TMPDIR: home },
    reject: false,
    all: true,
  });
  return { exitCode, all };
}

const merged = (): Promise<Ended> => started(kubernetesExample().merge);

/**
 * Without what agents and kernels say in their own words, in which every number is of one boot, and the page, which has it
 * inside; in a container the cache has the same path everywhere.
 */
async function reportsIn(dir: string): Promise<Readonly<Record<string, unknown>>> {
  const files = Object.entries(await timelessFolder(join(volume, dir)));
  const reports = files.filter(([path]) => !/^\/(report\.html|evidence|logs\/[^/]+\/(?!verifier\/))/.test(path));
  const text = JSON.stringify(Object.fromEntries(reports)).replaceAll(/\.home-\w+/g, '.home');
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}

it('three processes of the Kubernetes example come to what one run comes to', async () => {
  for (const { exitCode, all } of ended) expect([exitCode, all]).toEqual([0, expect.stringContaining('PASS: exit 0')]);
  expect(await readdir(join(volume, 'shards'))).toEqual(['0', '1', '2']);
  // Loading, proving, and nothing.
  expect(ended.map(({ all }) => /: (6\.12: [^;]*|nothing is left for it);/.exec(all)?.[1])).toEqual([
    undefined,
    '6.12: lsm',
    '6.12: load',
    'nothing is left for it',
  ]);
  const { exitCode, all } = await merged();
  expect([exitCode, all]).toEqual([0, expect.stringContaining('PASS: exit 0')]);
  const paths = async (dir: string): Promise<readonly string[]> =>
    (await readdir(join(volume, dir), { recursive: true })).sort();
  expect(await paths('latest')).toEqual(await paths('one'));
  const reports = await reportsIn('one');
  expect(Object.keys(reports)).toEqual(expect.arrayContaining(['/run.json', '/junit.xml', '/summary.md']));
  expect(await reportsIn('latest')).toEqual(reports);
  const { kernels } = await readRunJson(join(volume, 'latest/run.json'));
  expect(kernels).toMatchObject([{ verdict: { kind: 'pass' }, scenarios: [{ environment: 'lsm' }] }]);
});

it('a shard of it that is lost fails the whole', async () => {
  await rename(join(volume, 'shards/0'), join(volume, 'lost'));
  const { exitCode, all } = await merged();
  expect([exitCode, all]).toEqual([3, expect.stringContaining('shard 1 of 3 is missing (6.12: lsm)')]);
});
