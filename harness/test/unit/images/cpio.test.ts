// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cpioArchive, type CpioEntry } from '../../../images/cpio.js';
import { runProgram } from '../../../proc/run.js';
import { readCpio } from './fixture/read-cpio.js';

const entries: readonly CpioEntry[] = [
  { kind: 'file', path: 'init', mode: 0o755, data: Buffer.from('#!') },
  { kind: 'folder', path: 'dev', mode: 0o755 },
  { kind: 'character', path: 'dev/console', mode: 0o600, major: 5, minor: 1 },
  { kind: 'file', path: 'dev/empty', mode: 0o644, data: Buffer.alloc(0) },
];

describe('cpio', () => {
  test('sorted, owned by root, at the epoch, with inodes by position', () => {
    expect(readCpio(cpioArchive(entries))).toEqual([
      { name: 'dev', mode: 0o040755, inode: 1, uid: 0, gid: 0, links: 2, mtime: 0, rdev: '0:0', data: '' },
      { name: 'dev/console', mode: 0o020600, inode: 2, uid: 0, gid: 0, links: 1, mtime: 0, rdev: '5:1', data: '' },
      { name: 'dev/empty', mode: 0o100644, inode: 3, uid: 0, gid: 0, links: 1, mtime: 0, rdev: '0:0', data: '' },
      { name: 'init', mode: 0o100755, inode: 4, uid: 0, gid: 0, links: 1, mtime: 0, rdev: '0:0', data: '#!' },
    ]);
  });

  test('the order of the entries does not matter to a byte', () => {
    expect(cpioArchive([...entries].reverse()).equals(cpioArchive(entries))).toBe(true);
  });

  test('a changed byte, mode or name changes the archive', () => {
    const [first, ...rest] = entries as [CpioEntry & { kind: 'file' }, ...CpioEntry[]];
    for (const other of [
      { ...first, data: Buffer.from('#?') },
      { ...first, mode: 0o700 },
      { ...first, path: 'innit' },
    ]) {
      expect(cpioArchive([other, ...rest]).equals(cpioArchive(entries))).toBe(false);
    }
  });

  test.each([['/init'], ['']])("the path '%s' is refused", (path) => {
    expect(() => cpioArchive([{ kind: 'folder', path, mode: 0o755 }])).toThrow('is not relative');
  });

  test('a path that is there twice is refused', () => {
    expect(() => cpioArchive([...entries, ...entries.slice(0, 1)])).toThrow('init is there twice');
  });

  test('another implementation unpacks it to the same', async (context) => {
    const folder = await mkdtemp(join(tmpdir(), 'bm-cpio-'));
    try {
      const plain = entries.filter((entry) => entry.kind !== 'character');
      const tool = await unpacker(folder, cpioArchive(plain));
      if (tool === null) {
        console.warn('SKIPPED, needs cpio or bsdtar: unpacking by another implementation');
        context.skip();
      }
      expect(await readFile(join(folder, 'init'), 'utf8')).toBe('#!');
      expect((await stat(join(folder, 'init'))).mode & 0o777).toBe(0o755);
      expect((await stat(join(folder, 'dev/empty'))).size).toBe(0);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

async function unpacker(folder: string, archive: Buffer): Promise<string | null> {
  for (const [tool, args] of [
    ['cpio', ['-idm', '--quiet']],
    ['bsdtar', ['-xf', '-']],
  ] as const) {
    const result = await runProgram(tool, args, { cwd: folder, input: archive }).catch(() => null);
    if (result === null) continue;
    expect(result, tool).toMatchObject({ exitCode: 0 });
    return tool;
  }
  return null;
}
