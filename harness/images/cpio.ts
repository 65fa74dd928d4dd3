// SPDX-License-Identifier: Apache-2.0
import { assertNever } from '../model/assert-never.js';

/** One member of an archive. Paths are relative, without a leading `/`. Modes are permission bits only. */
export type CpioEntry =
  | { readonly kind: 'folder'; readonly path: string; readonly mode: number }
  | { readonly kind: 'file'; readonly path: string; readonly mode: number; readonly data: Uint8Array }
  | {
      readonly kind: 'character';
      readonly path: string;
      readonly mode: number;
      readonly major: number;
      readonly minor: number;
    };

const types = { folder: 0o040000, file: 0o100000, character: 0o020000 } as const;
const nothing = new Uint8Array();

/**
 * Writes a `newc` cpio archive, the format of an initramfs (Documentation/driver-api/early-userspace/buffer-format.rst).
 * The same entries give the same bytes, in whatever order they come: members are sorted by path, so that a folder
 * precedes what is in it, and owned by root, with the epoch as time and inodes by position.
 * @throws Error for a path that is absolute, empty or there twice.
 */
export function cpioArchive(entries: readonly CpioEntry[]): Buffer {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  sorted.forEach((entry, index) => {
    if (entry.path === '' || entry.path.startsWith('/')) throw new Error(`cpio: '${entry.path}' is not relative`);
    if (sorted[index - 1]?.path === entry.path) throw new Error(`cpio: ${entry.path} is there twice`);
  });
  const members = sorted.map((entry, index) => member(entry, index + 1));
  return padded(Buffer.concat([...members, trailer()]), 512);
}

function member(entry: CpioEntry, inode: number): Buffer {
  const data = entry.kind === 'file' ? entry.data : nothing;
  const [major, minor] = deviceOf(entry);
  const mode = types[entry.kind] | entry.mode;
  return record({ inode, mode, links: entry.kind === 'folder' ? 2 : 1, major, minor, name: entry.path, data });
}

function deviceOf(entry: CpioEntry): readonly [number, number] {
  switch (entry.kind) {
    case 'folder':
    case 'file':
      return [0, 0];
    case 'character':
      return [entry.major, entry.minor];
    default:
      return assertNever(entry);
  }
}

function trailer(): Buffer {
  return record({ inode: 0, mode: 0, links: 1, major: 0, minor: 0, name: 'TRAILER!!!', data: nothing });
}

interface Fields {
  readonly inode: number;
  readonly mode: number;
  readonly links: number;
  readonly major: number;
  readonly minor: number;
  readonly name: string;
  readonly data: Uint8Array;
}

function record({ inode, mode, links, major, minor, name, data }: Fields): Buffer {
  const path = Buffer.from(`${name}\0`);
  // ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize, check
  const numbers = [inode, mode, 0, 0, links, 0, data.length, 0, 0, major, minor, path.length, 0];
  const header = `070701${numbers.map((value) => value.toString(16).padStart(8, '0').toUpperCase()).join('')}`;
  return Buffer.concat([padded(Buffer.concat([Buffer.from(header), path]), 4), padded(Buffer.from(data), 4)]);
}

function padded(bytes: Buffer, unit: number): Buffer {
  const rest = bytes.length % unit;
  return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(unit - rest)]);
}
