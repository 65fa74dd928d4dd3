// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';

let folder: string;
let packed: string;
/** Where npm puts it; nothing else is there, so that what it needs must be in it. */
const installed = (): string => join(folder, 'app/node_modules/bpf-matrix');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'package-test-'));
  await execa('npm', ['pack', '--ignore-scripts', '--pack-destination', folder]);
  packed = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? 'none';
  await mkdir(installed(), { recursive: true });
  await execa('tar', ['-xzf', join(folder, packed), '-C', installed(), '--strip-components=1']);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function matrix(...args: readonly string[]) {
  const program = join(installed(), 'dist/harness/cli/main.js');
  return execa('node', [program, ...args], { cwd: join(folder, 'app'), reject: false, env: { NO_COLOR: '1' } });
}

it('is small, and has its documents in it', async () => {
  expect((await stat(join(folder, packed))).size).toBeLessThan(10 * 1000 * 1000);
  expect(await readdir(join(installed(), 'docs'))).toEqual(expect.arrayContaining(['commands.md', 'configuration.md']));
  expect(await readdir(installed())).not.toContain('harness');
});

it('says what it is, and names the command that works there', async () => {
  expect((await matrix('--version')).stdout).toMatch(/^\d+\.\d+\.\d+, libbpf \d/);
  expect((await matrix('doctor', '--help')).stdout).toContain('$ npx bpf-matrix doctor');
  expect((await matrix('-k', 'none')).stderr).toContain('npx bpf-matrix kernels list');
  expect((await matrix('selftest', '-k', '6.12', '--fault', 'bare-hooks')).stderr).not.toContain('npm run');
});

it('finds on this host all that it needs', async () => {
  const { stdout } = await matrix('doctor', '-k', '6.12', '--json');
  const { checks } = JSON.parse(stdout) as {
    readonly checks: readonly { readonly name: string; readonly state: string }[];
  };
  expect(checks.filter(({ state }) => state === 'missing')).toEqual([]);
  expect(checks.map(({ name }) => name)).not.toContain('packages');
});

it('loads an object in a kernel, from any folder', async () => {
  const { exitCode, stdout } = await matrix('-k', '6.12', '--only', 'load');
  expect(stdout).toContain('1 kernel: 1 pass');
  expect(exitCode).toBe(0);
  expect(await readdir(join(folder, 'app/reports/latest'))).toContain('run.json');
});
