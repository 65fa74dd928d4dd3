// SPDX-License-Identifier: Apache-2.0
import { openRegularFile } from '../proc/regular-file.js';
import type { Target } from '../target.js';
import { isElf64For } from './elf.js';

/** What a kernel image file says of itself. */
export type ImageFormat =
  /** The architecture's own. `release` as `uname -r` will print it, null when the header does not carry it. */
  { readonly kind: 'boot-image'; readonly release: string | null } | { readonly kind: 'vmlinux' };

/** A kernel image of an architecture, and what is none, as messages name them. */
export function imageWords({ image }: Target): { readonly is: string; readonly isNot: string } {
  const { name, mark, vmlinux } = image;
  return vmlinux
    ? { is: `${name} or vmlinux`, isNot: `neither ${name} (${mark}) nor an ELF vmlinux` }
    : { is: name, isNot: `not ${name} (${mark})` };
}

/** Recognises a kernel image by its first bytes; null for anything else. */
export function parseImageHeader(target: Target, start: Buffer): ImageFormat | null {
  const { magic, release, vmlinux } = target.image;
  if (vmlinux && isElf64For(target, start)) return { kind: 'vmlinux' };
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
export async function readImageHeader(target: Target, path: string): Promise<ImageFormat | null> {
  const file = await openRegularFile(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(65 * 512), 0, 65 * 512, 0);
    return parseImageHeader(target, buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}
