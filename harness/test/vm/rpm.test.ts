// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram, runProgramForBytes } from '../../proc/run.js';
import { ArchiveServer, SigningKey } from '../unit/kernels/fixture/archive.js';
import { buildRpms, makeRepository, signRpms } from '../unit/kernels/fixture/rpms.js';
import { readyKernel } from './boot.js';
import { kernelOf, matrix, reportOf, textOf, variant } from './matrix.js';

/** Debian's 6.12 as Fedora would ship it: its own name of the release inside, three signed packages, a repository. */
let folder: string;
let server: ArchiveServer;
let key: SigningKey;
let env: Record<string, string>;
let release: string;

/** The ELF image inside of a bzImage: Documentation/arch/x86/boot.rst, setup_sects, payload_offset, payload_length. */
async function vmlinuxOf(image: Buffer): Promise<Buffer> {
  const start = (image.readUInt8(0x1f1) + 1) * 512 + image.readUInt32LE(0x248);
  // The length that it unpacks to stands behind it.
  const input = image.subarray(start, start + image.readUInt32LE(0x24c) - 4);
  const { stdout } = await runProgramForBytes('zstd', ['-q', '-dc'], { input });
  return Buffer.from(stdout);
}

/** The same bytes with one text in the place of another; what is left of the place is NUL, which ends a text. */
function renamed(data: Buffer, from: string, to: string): Buffer {
  const place = Buffer.alloc(from.length);
  place.write(to, 'latin1');
  for (let at = data.indexOf(from); at !== -1; at = data.indexOf(from, at + 1)) place.copy(data, at);
  return data;
}

beforeAll(async () => {
  const kernel = await readyKernel('6.12');
  const [old, modules] = [basename(kernel.files.modules!), kernel.files.modules!];
  const version = /^\d+\.\d+\.\d+/.exec(old)![0];
  release = `${version}-200.fc43.x86_64`;
  folder = await mkdtemp(join(tmpdir(), 'rpm-test-'));
  const base = `lib/modules/${release}`;
  const read = async (path: string): Promise<Buffer> => renamed(await readFile(join(modules, path)), old, release);
  const paths = (await readdir(modules, { recursive: true })).filter((path) => path.endsWith('.ko'));
  const files = await Promise.all(paths.map(async (path) => [`${base}/${path}`, await read(path)] as const));
  const isOverlay = ([path]: (typeof files)[number]): boolean => path.includes('overlay');
  const rpms = await buildRpms(join(folder, 'build'), version, '200.fc43', [
    {
      name: 'kernel-core',
      files: {
        [`${base}/vmlinuz`]: renamed(await vmlinuxOf(await readFile(kernel.files.image)), old, release),
        [`${base}/config`]: await readFile(kernel.files.config!),
        [`${base}/modules.builtin`]: await read('modules.builtin'),
      },
    },
    { name: 'kernel-modules-core', files: Object.fromEntries(files.filter(isOverlay)) },
    { name: 'kernel-modules', files: Object.fromEntries(files.filter((file) => !isOverlay(file))) },
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
