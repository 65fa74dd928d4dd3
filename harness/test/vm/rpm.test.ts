// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../proc/run.js';
import { ArchiveServer, SigningKey } from '../unit/kernels/fixture/archive.js';
import { buildRpms, makeRepository, signRpms } from '../unit/kernels/fixture/rpms.js';
import { readyKernel } from './boot.js';
import { standInKernel, type Tree } from './stand-in-kernels.js';
import { kernelOf, matrix, reportOf, textOf, variant } from './matrix.js';

/** Debian's 6.12 as Fedora would ship it: its own name of the release inside, three signed packages, a repository. */
let folder: string;
let server: ArchiveServer;
let key: SigningKey;
let env: Record<string, string>;
let release: string;

beforeAll(async () => {
  const kernel = await readyKernel('6.12');
  const version = /^\d+\.\d+\.\d+/.exec(basename(kernel.files.modules!))![0];
  release = `${version}-200.fc43.x86_64`;
  folder = await mkdtemp(join(tmpdir(), 'rpm-test-'));
  const { image, config, modules } = await standInKernel(kernel, release);
  const base = `lib/modules/${release}`;
  const isOverlay = (path: string): boolean => path.includes('overlay');
  const some = (wanted: (path: string) => boolean): Tree => {
    const paths = Object.keys(modules).filter((path) => path.endsWith('.ko') && wanted(path));
    return Object.fromEntries(paths.map((path) => [`${base}/${path}`, modules[path]!]));
  };
  const rpms = await buildRpms(join(folder, 'build'), version, '200.fc43', [
    {
      name: 'kernel-core',
      files: {
        [`${base}/vmlinuz`]: image,
        [`${base}/config`]: config,
        [`${base}/modules.builtin`]: modules['modules.builtin']!,
      },
    },
    { name: 'kernel-modules-core', files: some(isOverlay) },
    { name: 'kernel-modules', files: some((path) => !isOverlay(path)) },
  ]);
  key = await SigningKey.make(join(folder, 'gpg'));
  await key.gpg('--armor', '--export', '--output', join(folder, 'key.asc'));
  await signRpms(rpms, key);
  const repository = join(folder, 'www/updates/43/Everything/x86_64');
  await mkdir(dirname(repository), { recursive: true });
  await makeRepository(repository, rpms);
  server = await ArchiveServer.serve(join(folder, 'www'));
  env = {
    XDG_CACHE_HOME: join(folder, 'cache'),
    BPF_MATRIX_FEDORA_ARCHIVE: server.url,
    BPF_MATRIX_FEDORA_KEYRING: join(folder, 'key.asc'),
    no_proxy: '127.0.0.1',
  };
});
afterAll(async () => {
  await Promise.all([server.close(), key.close()]);
  await rm(folder, { recursive: true, force: true });
});

describe('a kernel of rpm packages', () => {
  it('is fetched, boots, says its name, and loads an object', async () => {
    const program = ['dist/harness/cli/main.js', 'kernels', 'fetch', 'fedora-43'];
    const fetched = await runProgram('node', program, { env });
    expect(fetched.stdout).toMatch(/^fedora-43: ready, \d+\.\d+\.\d+-200\.fc43 \(/);
    expect(fetched.exitCode).toBe(0);

    const said = await matrix(['command', '-k', 'fedora-43', '--', 'uname', '-r'], env);
    expect([said.exitCode, said.stderr]).toEqual([0, '']);
    expect(await textOf(said, 'logs/fedora-43/command.stdout')).toBe(`${release}\n`);

    const run = await matrix(['-k', 'fedora-43', '--object', variant('healthy')], env);
    expect([run.exitCode, run.stderr]).toEqual([0, '']);
    expect(kernelOf(await reportOf(run), 'fedora-43')).toMatchObject({
      status: 'ran',
      source: 'fedora',
      verdict: { kind: 'pass' },
      identity: { package: 'kernel-core', suite: 'updates/43/Everything/x86_64' },
    });
  });
});
