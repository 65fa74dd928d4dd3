// SPDX-License-Identifier: Apache-2.0
import { openRegularFile } from '../proc/regular-file.js';
import { target } from '../target.js';
import { isElf64 } from './elf.js';

/** What a kernel image file says of itself. */
export type ImageFormat =
  /** The architecture's own. `release` as `uname -r` will print it, null when the header does not carry it. */
  { readonly kind: 'boot-image'; readonly release: string | null } | { readonly kind: 'vmlinux' };

/** A kernel image of this architecture, and what is none, as messages name them. */
export const imageWords = {
  is: target.image.vmlinux ? `${target.image.name} or vmlinux` : target.image.name,
  isNot: target.image.vmlinux
    ? `neither ${target.image.name} (${target.image.mark}) nor an ELF vmlinux`
    : `not ${target.image.name} (${target.image.mark})`,
} as const;

/** Recognises a kernel image by its first bytes; null for anything else. */
export function parseImageHeader(start: Buffer): ImageFormat | null {
  const { magic, release, vmlinux } = target.image;
  if (vmlinux && isElf64(start)) return { kind: 'vmlinux' };
  if (release !== null && start.length < release.pointer + 2) return null;
  const isImage = magic.every(({ at, bytes }) => start.toString('latin1', at, at + bytes.length) === bytes);
  if (!isImage) return null;
  return { kind: 'boot-image', release: release === null ? null : releaseAt(start, release) };
}

function releaseAt(
  start: Buffer,
  { pointer, base }: { readonly pointer: number; readonly base: number },
): string | null {
  const at = start.readUInt16LE(pointer) + base;
  const end = start.indexOf(0, at);
  const line = at > base && end > at ? start.toString('latin1', at, end) : '';
  return /^\d\S*/.exec(line)?.[0] ?? null;
}

/** Reads enough of a file for `parseImageHeader`; the setup code of a bzImage is at most 64 sectors. */
export async function readImageHeader(path: string): Promise<ImageFormat | null> {
  const file = await openRegularFile(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(65 * 512), 0, 65 * 512, 0);
    return parseImageHeader(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}
