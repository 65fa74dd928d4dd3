// SPDX-License-Identifier: Apache-2.0
import type { Guest } from './client.js';
import { errno, GuestRefusal } from './errors.js';
import { payloadMax } from './protocol.js';

/** Bytes that are read of a file as a whole: logs of the verifier are the longest. */
const wholeLimit = 64 << 20;
/** Bytes kept of each end of a text: ten thousand events are 2 MB. */
const textEnd = 4 << 20;
/** Bytes of a file in one frame, with room for its path. */
const chunkSize = payloadMax - 16 * 1024;

export interface FileHash {
  /** Lower-case hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** Writes a whole file, with the folders above it. `mode` as in chmod(2), 0600 when left out. */
export async function putFile(guest: Guest, path: string, content: Uint8Array | string, mode?: number): Promise<void> {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  let offset = 0;
  do {
    const data = bytes.subarray(offset, offset + chunkSize);
    await guest.call('put', { path, data, offset, mode });
    offset += data.length;
  } while (offset < bytes.length);
}

/** Reads a whole file of the guest's own, sized or not (`/proc` says 0). Throws GuestRefusal with the errno, EFBIG too. */
export async function getFile(guest: Guest, path: string): Promise<Buffer> {
  const bytes = await getFileFrom(guest, path, 0);
  if (bytes.length < wholeLimit) return bytes;
  throw new GuestRefusal('get', 'system', errno.EFBIG, `${path}: over ${wholeLimit} bytes`);
}

/**
 * What a file has from an offset on, at most wholeLimit bytes, nothing where it is no longer than that. Throws GuestRefusal
 * with the errno.
 */
export function getFileFrom(guest: Guest, path: string, start: number): Promise<Buffer> {
  return getPart(guest, path, start, start + wholeLimit);
}

/**
 * The first and the last `each` bytes of a file, with a line between them that counts what was left out; the whole file
 * where that is no more. Null where there is no such file. Throws GuestRefusal with the errno, EINVAL for what is no
 * regular file.
 */
export function getEnds(guest: Guest, path: string, each: number): Promise<Buffer | null> {
  return ifThere(readEnds(guest, path, each));
}

async function readEnds(guest: Guest, path: string, each: number): Promise<Buffer> {
  const { size } = await guest.call('get', { path, offset: 0, max: 0 });
  // Without a size (`/proc`), too, no more is read than two ends.
  const head = await getPart(guest, path, 0, size > 2 * each ? each : 2 * each);
  if (size <= 2 * each) return head;
  const offset = size - each;
  const tail = await getPart(guest, path, offset, size);
  return Buffer.concat([head, Buffer.from(`\n[${offset - head.length} bytes left out]\n`), tail]);
}

/** What a file has between two offsets. */
async function getPart(guest: Guest, path: string, start: number, end: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for (let offset = start; offset < end;) {
    const { data } = await guest.call('get', { path, offset, max: Math.min(chunkSize, end - offset) });
    if (data.length === 0) break;
    parts.push(data);
    offset += data.length;
  }
  return Buffer.concat(parts);
}

/** Like getEnds(), as text, of files that an agent may have made as long as it likes. */
export async function getTextIfThere(guest: Guest, path: string, each = textEnd): Promise<string | null> {
  return (await getEnds(guest, path, each))?.toString('utf8') ?? null;
}

/** Removes a file or an empty folder. */
export async function removeFile(guest: Guest, path: string): Promise<void> {
  await guest.call('remove', { path });
}

/** The same, where there is one. */
export async function removeIfThere(guest: Guest, path: string): Promise<void> {
  await ifThere(removeFile(guest, path));
}

/** Bytes of each of these files, symlinks not followed; null for what is not there. Throws GuestRefusal for no answer. */
export async function lookAtFiles(guest: Guest, paths: readonly string[]): Promise<ReadonlyMap<string, number | null>> {
  const { seen } = await guest.call('look', { file: paths });
  return new Map(paths.map((path, index) => [path, sizeOf(seen[index])]));
}

function sizeOf(seen: { readonly errno: number; readonly size: number } | undefined): number | null {
  return seen?.errno === 0 ? seen.size : null;
}

/** SHA-256 and size of a regular file; its content stays in the guest. */
export async function hashGuestFile(guest: Guest, path: string): Promise<FileHash> {
  const { sha256, size } = await guest.call('hash', { path });
  return { sha256: Buffer.from(sha256).toString('hex'), size };
}

/** Like hashGuestFile(), and null where there is no such file. */
export function hashIfThere(guest: Guest, path: string): Promise<FileHash | null> {
  return ifThere(hashGuestFile(guest, path));
}

async function ifThere<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof GuestRefusal && error.errno === errno.ENOENT) return null;
    throw error;
  }
}
