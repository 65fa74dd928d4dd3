// SPDX-License-Identifier: Apache-2.0
import { InfraError } from '../model/errors.js';
import { sumOf } from '../model/sum.js';
import type { Guest } from './client.js';
import { errno, GuestRefusal } from './errors.js';
import { payloadMax } from './protocol.js';

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

/** Bytes of a file that is ours or the kernel's; the largest, a verifier's log, has 16 MiB. */
const wholeLimit = 64 * 2 ** 20;
/** Bytes kept of each end of what an agent writes: ten times what the longest honest one has. */
const outputEnd = 4 * 2 ** 20;

/** A file of the guest that has no end, or none that anybody would wait for. The conversation goes on. */
export class EndlessFileError extends InfraError {
  constructor(path: string, limit: number) {
    super('GUEST_PROTOCOL', { message: `guest: ${path} is larger than ${limit / 2 ** 20} MiB` });
  }
}

/**
 * Reads a whole file, sized or not (`/proc` says 0). Throws GuestRefusal with the errno, EndlessFileError for one that has
 * more than `limit` bytes: whatever an agent can put in its place may be /dev/zero.
 */
export async function getFile(guest: Guest, path: string, limit = wholeLimit): Promise<Buffer> {
  const bytes = await getFileFrom(guest, path, 0, limit + 1);
  if (bytes.length > limit) throw new EndlessFileError(path, limit);
  return bytes;
}

/** What a file has from an offset on, at most `limit` bytes, nothing where it is no longer. Throws GuestRefusal with the errno. */
export async function getFileFrom(guest: Guest, path: string, start: number, limit = wholeLimit): Promise<Buffer> {
  return Buffer.concat(await partsFrom(guest, path, start, limit));
}

async function partsFrom(guest: Guest, path: string, start: number, limit: number): Promise<readonly Uint8Array[]> {
  const parts: Uint8Array[] = [];
  const end = start + limit;
  for (let offset = start; offset < end;) {
    const max = Math.min(chunkSize, end - offset);
    const { data } = await guest.call('get', { path, offset, max });
    parts.push(data);
    offset += data.length;
    // The guest reads on until it has as much, or the file ends.
    if (data.length < max) break;
  }
  return parts;
}

/**
 * The first and the last `each` bytes of a file, with a line between them that counts what was left out; the whole file
 * where that is no more. Null where there is no such file.
 */
export async function getEnds(guest: Guest, path: string, each: number): Promise<Buffer | null> {
  return ifThere(
    (async () => {
      const head = await partsFrom(guest, path, 0, each);
      if (sumOf(head.map(({ length }) => length)) < each) return Buffer.concat(head);
      const { size } = await guest.call('get', { path, offset: 0, max: 0 });
      if (size === each) return Buffer.concat(head);
      // A device says 0, and never ends.
      if (size < each) return Buffer.concat([...head, Buffer.from('\n[more left out]\n')]);
      const offset = Math.max(each, size - each);
      const tail = await partsFrom(guest, path, offset, each);
      const left = offset - each;
      return Buffer.concat([...head, Buffer.from(left === 0 ? '' : `\n[${left} bytes left out]\n`), ...tail]);
    })(),
  );
}

/** What a process of an agent wrote, its ends where it is long; empty where it left nothing that can be read. */
export async function getOutputText(guest: Guest, path: string): Promise<string> {
  try {
    return (await getEnds(guest, path, outputEnd))?.toString('utf8') ?? '';
  } catch (error) {
    if (error instanceof GuestRefusal) return '';
    throw error;
  }
}

/** Milliseconds after which what an agent writes is read again, whatever has been seen of it. */
export const outputInterval = 1000;

/**
 * What to wait for before a file is read again of which `text` has been read: that it grows. Undefined for one of which the
 * middle was left out: it has grown already, and whoever waits for that reads 8 MiB again and again.
 */
export function grownBeyond(path: string, text: string): { readonly path: string; readonly size: number } | undefined {
  const size = Buffer.byteLength(text);
  return size < 2 * outputEnd ? { path, size } : undefined;
}

/** Like getFile(), as text, and null where there is no such file. */
export async function getTextIfThere(guest: Guest, path: string, limit?: number): Promise<string | null> {
  return (await ifThere(getFile(guest, path, limit)))?.toString('utf8') ?? null;
}

/** Like removeFile(), and nothing where there is no such file. */
export async function removeIfThere(guest: Guest, path: string): Promise<void> {
  await ifThere(removeFile(guest, path));
}

/** Removes a file or an empty folder. */
export async function removeFile(guest: Guest, path: string): Promise<void> {
  await guest.call('remove', { path });
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
