// SPDX-License-Identifier: Apache-2.0
import { execFile, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildWithLibbpf, makeWords, pinnedBuild, targetOfBuilt } from '../../../config/libbpf.js';
import { UsageError } from '../../../model/errors.js';
import { hostTarget, targetNamed, targetNames } from '../../../target.js';

/** A package of its own with a script, pins and an archive that cannot be mistaken for the real ones. */
let folder: string;
let root: string;
let archive: string;
let sha256: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'libbpf-test-'));
  root = join(folder, 'package');
  for (const name of ['scripts', 'bpf', 'kernels']) await mkdir(join(root, name), { recursive: true });
  await copyFile('scripts/libbpf', join(root, 'scripts/libbpf'));
  await copyFile('kernels/catalog.json', join(root, 'kernels/catalog.json'));
  archive = join(folder, 'upstream-1.9.4.tar.gz');
  await sourceTree(join(folder, 'libbpf-1.9.4'));
  execFileSync('tar', ['-czf', archive, '-C', folder, 'libbpf-1.9.4']);
  sha256 = createHash('sha256')
    .update(await readFile(archive))
    .digest('hex');
  await pin(sha256);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function sourceTree(at: string): Promise<void> {
  await mkdir(join(at, 'src'), { recursive: true });
  await mkdir(join(at, 'include'));
  await writeFile(join(at, 'include/x.h'), '');
  await writeFile(join(at, 'src/libbpf.c'), 'int x;\n');
  const words = ['MAJOR_VERSION := 1', 'MINOR_VERSION := 9', 'PATCH_VERSION := 4'];
  await writeFile(join(at, 'src/Makefile'), words.map((line) => `LIBBPF_${line}\n`).join(''));
}

const pin = (hash: string) => writeFile(join(root, 'bpf/libbpf.pin'), `# comment\n1.9.4 ${hash}\n1.2.3 ${hash}\n`);

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(asked: readonly string[], url = `file://${folder}/upstream-VERSION.tar.gz`): Promise<Ran> {
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache'), BPF_MATRIX_LIBBPF_URL: url };
  return new Promise((resolve) => {
    execFile(join(root, 'scripts/libbpf'), asked, { env, cwd: folder }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out: out.trim(), err });
    });
  });
}

const cached = () => readdir(join(folder, 'cache/bpf-matrix/libbpf')).catch(() => []);

describe('scripts/libbpf', () => {
  it('fetches the first pin where none is named, once, and says which it is', async () => {
    const first = await run([]);
    expect(first).toMatchObject({ code: 0, out: join(root, '.bootstrap/libbpf/1.9.4') });
    expect(await readFile(join(first.out, 'identity'), 'utf8')).toBe(`1.9.4 ${sha256}\n`);
    expect(existsSync(join(first.out, 'src/libbpf.c'))).toBe(true);
    await rm(archive);
    expect(await run(['1.9.4'])).toEqual({ code: 0, out: first.out, err: '' });
  });

  it('takes the archive in the cache for another checkout, and not one that was tampered with', async () => {
    await run([]);
    await rm(join(root, '.bootstrap'), { recursive: true });
    await rm(archive);
    expect((await run([])).code).toBe(0);
    await rm(join(root, '.bootstrap'), { recursive: true });
    await writeFile(join(folder, 'cache/bpf-matrix/libbpf/libbpf-1.9.4.tar.gz'), 'other bytes');
    expect((await run([])).code).toBe(3);
  });

  it('refuses an archive with another hash, names file, places and what to do, and leaves nothing', async () => {
    await pin('0'.repeat(64));
    const { code, out, err } = await run([]);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain(`libbpf: error: libbpf-1.9.4.tar.gz (sha256 ${'0'.repeat(64)}) cannot be had`);
    expect(err).toContain(`tried file://${folder}/upstream-1.9.4.tar.gz: its sha256 is ${sha256}, pinned is 000`);
    expect(err).toMatch(/next: put that file at .*cache\/bpf-matrix\/libbpf\/libbpf-1\.9\.4\.tar\.gz by hand/);
    expect(await cached()).toEqual([]);
    expect(existsSync(join(root, '.bootstrap/libbpf/1.9.4'))).toBe(false);
  });

  it('names a place that has no such file', async () => {
    const { code, err } = await run(['1.2.3']);
    expect(code).toBe(3);
    expect(err).toMatch(/tried file:.*upstream-1\.2\.3\.tar\.gz: .*No such file/);
    expect(await cached()).toEqual([]);
  });

  it('that is interrupted leaves no half file, and the next one starts anew', async () => {
    const bytes = await readFile(archive);
    await rm(archive);
    // Whoever reads it waits for the other end.
    execFileSync('mkfifo', [archive]);
    const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache'), BPF_MATRIX_LIBBPF_URL: `file://${archive}` };
    const child = spawn(join(root, 'scripts/libbpf'), { env, detached: true, stdio: 'ignore' });
    const ended = once(child, 'exit');
    await expect.poll(cached, { timeout: 10_000 }).toHaveLength(1);
    process.kill(-(child.pid ?? 0), 'SIGTERM');
    await ended;
    expect(await cached()).toEqual([]);
    await rm(archive);
    await writeFile(archive, bytes);
    expect((await run([])).code).toBe(0);
  });

  it('may be started eight times at once', async () => {
    const results = await Promise.all(Array.from({ length: 8 }, () => run([])));
    expect(results.map(({ code, out }) => [code, out])).toEqual(
      results.map(() => [0, join(root, '.bootstrap/libbpf/1.9.4')]),
    );
    expect(await readdir(join(root, '.bootstrap/libbpf'))).toEqual(['1.9.4']);
    expect(await cached()).toEqual(['libbpf-1.9.4.tar.gz']);
  });

  it('takes sources of one’s own, named by what they contain', async () => {
    const tree = join(folder, 'libbpf-1.9.4');
    const first = await run(['libbpf-1.9.4']);
    expect(first.out).toMatch(/\/1\.9\.4\+[0-9a-f]{12}$/);
    await writeFile(join(tree, 'src/libbpf.o'), 'what a build left');
    expect((await run([tree])).out).toBe(first.out);
    await writeFile(join(tree, 'src/libbpf.c'), 'int y;\n');
    expect((await run([tree])).out).not.toBe(first.out);
    expect((await run([archive])).out).toBe(join(root, '.bootstrap/libbpf/1.9.4'));
  });

  it.each([
    [
      ['1.8.0'],
      /libbpf 1\.8\.0 has no pin and is no file or folder\n {2}next: name one of 1\.9\.4, 1\.2\.3, or a folder/,
    ],
    [['package'], /package has no src\/libbpf\.c/],
    [['package/bpf/libbpf.pin'], /is no source archive of libbpf/],
  ])('refuses %j', async (asked, words) => {
    const { code, err } = await run(asked);
    expect(code).toBe(2);
    expect(err).toMatch(words);
  });
});

describe('--libbpf', () => {
  const options = () => ({ root, targets: [hostTarget], signal: new AbortController().signal });

  it('tells in the script’s own words what has no pin', async () => {
    const error: unknown = await buildWithLibbpf('1.8.0', options()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({
      message: '--libbpf: libbpf 1.8.0 has no pin and is no file or folder',
      next: expect.stringContaining('1.9.4, 1.2.3') as unknown,
    });
  });

  it('says so when bpf/ does not build with it', async () => {
    await writeFile(join(root, 'bpf/Makefile'), '$(error these sources are too old)\n');
    await expect(buildWithLibbpf(archive, options())).rejects.toThrow(
      /bpf\/ does not build with .*: .*these sources are too old/,
    );
  });
});

it('is built for guests of another architecture in a folder of its own', () => {
  const other = targetNamed(targetNames.find((name) => name !== hostTarget.name) ?? '')!;
  const build = { folder: '/r/build/libbpf-1.5.0', libbpfSource: '/s' };
  expect(makeWords('/r', build, other)).toEqual([
    ...['-C', '/r/bpf', `ARCH=${other.name}`],
    ...['LIBBPF_SOURCE=/s', `BUILD=/r/build/libbpf-1.5.0/${other.name}`],
  ]);
  expect(makeWords('/r', pinnedBuild('/r'), hostTarget)).toEqual(['-C', '/r/bpf']);
  expect(targetOfBuilt(`/r/build/${other.name}/aegis.bpf.o`, '/r/build')).toBe(other);
  expect(targetOfBuilt('/r/build/variants/aegis.bpf.o', '/r/build')).toBe(hostTarget);
});

it('is what the build says it has in it', async () => {
  const [first = ''] = (await readFile('bpf/libbpf.pin', 'utf8')).split('\n').filter((line) => /^\d/.test(line));
  expect((await readFile('build/libbpf/identity', 'utf8')).trim()).toBe(first);
});
