// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SnapshotStore } from '../../../boot/snapshot/store.js';
import { cacheCommand } from '../../../cli/commands/cache/flags.js';
import type { CliContext } from '../../../cli/context.js';
import { addEntry } from '../../../kernels/cache/store.js';
import { markCacheInUse } from '../../../kernels/cache/use.js';
import { filledWith } from '../boot/snapshot/fixture/filled.js';

let home: string;
let cache: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'cache-test-'));
  cache = join(home, 'bpf-matrix');
});
afterEach(() => rm(home, { recursive: true }));

/** A kernel, an image and a snapshot, each with a file of 3 MiB. */
async function fill(): Promise<void> {
  const bytes = Buffer.alloc(3 << 20);
  const deb = { package: 'linux-image', version: '6.1-1', architecture: 'amd64', sha256: 'a', size: 1 };
  await addEntry(join(cache, 'kernels'), 'kkk', async (folder) => {
    await writeFile(join(folder, 'vmlinuz'), bytes);
    return { family: 'debian', suite: 'bookworm', release: '6.1.0-41-cloud-amd64', artifacts: [deb] };
  });
  await addEntry(join(cache, 'images'), 'iii', async (folder) => {
    await writeFile(join(folder, 'initramfs.cpio'), bytes);
    return {};
  });
  const console = (): Promise<Uint8Array> => Promise.resolve(Buffer.from(''));
  await new SnapshotStore(cache, 1e9).keep('sss', { machine: '6.1, tcg', hello: {}, console }, filledWith(bytes));
}

async function told(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { code: 0, out: '', err: '' };
  const around = {
    env: { XDG_CACHE_HOME: home },
    stdout: { isTTY: false, write: (part: string) => (said.out += part) },
    stderr: { write: (part: string) => (said.err += part) },
  } as unknown as CliContext;
  const program = new Command().exitOverride();
  program.addCommand(cacheCommand(around, (code) => (said.code = code)));
  await program.parseAsync(['cache', ...words], { from: 'user' });
  return said;
}

const left = async (): Promise<string[]> => {
  const found = await Promise.all(['kernels', 'images', 'snapshots'].map((kind) => readdir(join(cache, kind))));
  return found.flat();
};

describe('cache list', () => {
  it('shows kind, size, last use and what it is, and the total', async () => {
    await fill();
    const { out, code } = await told('list');
    expect(code).toBe(0);
    expect(out).toMatch(/^kernel +3\.0 MiB +\d{4}-\d\d-\d\d \d\d:\d\d +6\.1\.0-41-cloud-amd64$/m);
    expect(out).toMatch(/^image +3\.0 MiB .* initramfs$/m);
    expect(out).toMatch(/^snapshot +3\.0 MiB .* 6\.1, tcg$/m);
    expect(out).toContain(`${cache}: 9.0 MiB\n`);
  });

  it('speaks JSON, and of an empty cache too', async () => {
    expect(JSON.parse((await told('list', '--json')).out)).toEqual({ folder: cache, rows: [] });
    expect((await told('list')).out).toBe(`${cache}: 0.0 MiB\n`);
    await fill();
    const { rows } = JSON.parse((await told('list', '--json')).out) as { rows: { kind: string; key: string }[] };
    expect(rows.map(({ kind, key }) => `${kind} ${key}`)).toEqual(['kernels kkk', 'images iii', 'snapshots sss']);
  });

  it('is no use of what it lists', async () => {
    await fill();
    const old = new Date('2001-02-03T04:05:00Z');
    for (const file of ['kernels/kkk/vmlinuz', 'images/iii/initramfs.cpio', 'snapshots/sss/about.json']) {
      await utimes(join(cache, file), old, old);
    }
    await told('list');
    const { out } = await told('list');
    expect(out.match(/2001-02-03 04:05/g)).toHaveLength(3);
  });

  it('shows a damaged snapshot as one', async () => {
    await fill();
    await writeFile(join(cache, 'snapshots/sss/about.json'), '{}');
    expect((await told('list')).out).toMatch(/^snapshot .* damaged$/m);
  });
});

describe('cache clear', () => {
  it('removes what it is told to, and nothing else', async () => {
    await fill();
    const { out, code } = await told('clear', '--snapshots');
    expect([code, out]).toEqual([0, 'snapshots: 1 removed\n3.0 MiB freed\n']);
    expect(await left()).toEqual(['kkk', 'iii']);
    await told('clear', '--all');
    expect(await left()).toEqual([]);
  });

  it('forgets with --all what is kept besides, and only then', async () => {
    const besides = ['btf', 'code', 'veristat'];
    for (const name of besides) await mkdir(join(cache, name), { recursive: true });
    await writeFile(join(cache, 'kvm.json'), '{}');
    await told('clear', '--kernels', '--images');
    expect(await readdir(cache)).toEqual(expect.arrayContaining([...besides, 'kvm.json']));
    await told('clear', '--all');
    expect((await readdir(cache)).filter((name) => [...besides, 'kvm.json'].includes(name))).toEqual([]);
  });

  it('that is told nothing removes nothing', async () => {
    await fill();
    await expect(told('clear')).rejects.toThrow('not told what to remove');
    expect(await left()).toEqual(['kkk', 'iii', 'sss']);
  });

  it('keeps kernels and images that another living process uses, and says so', async () => {
    await fill();
    const other = spawn('sleep', ['60']);
    const mark = join(cache, 'runs', `.tmp-${hostname()}-${other.pid ?? 0}-00000000`);
    await mkdir(mark, { recursive: true });
    try {
      const { out, err, code } = await told('clear', '--all');
      expect(code).toBe(3);
      expect(err).toMatch(/^kernels: kept, .*\nimages: kept, /);
      expect(out).toBe('snapshots: 1 removed\nproofs: 0 removed\n3.0 MiB freed\n');
      expect(await left()).toEqual(['kkk', 'iii']);
    } finally {
      other.kill('SIGKILL');
    }
  });

  it('is not kept from it by a process that is gone, nor by itself', async () => {
    await fill();
    const gone = execFileSync('bash', ['-c', 'echo $$']).toString().trim();
    await mkdir(join(cache, 'runs', `.tmp-${hostname()}-${gone}-00000000`), { recursive: true });
    const done = await markCacheInUse(cache);
    expect((await told('clear', '--all')).code).toBe(0);
    expect(await left()).toEqual([]);
    await done();
    expect(await readdir(join(cache, 'runs'))).toEqual([]);
  });
});
