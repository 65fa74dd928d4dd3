// SPDX-License-Identifier: Apache-2.0
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

/** Reads a whole file, sized or not (`/proc` says 0). Throws GuestRefusal with the errno. */
export function getFile(guest: Guest, path: string): Promise<Buffer> {
  return getFileFrom(guest, path, 0);
}

/** What a file has from an offset on, nothing where it is no longer than that. Throws GuestRefusal with the errno. */
export async function getFileFrom(guest: Guest, path: string, start: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let offset = start;
  for (;;) {
    const { data } = await guest.call('get', { path, offset, max: chunkSize });
    if (data.length === 0) return Buffer.concat(parts);
    parts.push(data);
    offset += data.length;
  }
}

/**
 * The first and the last `each` bytes of a file, with a line between them that counts what was left out; the whole file
 * where that is no more. Null where there is no such file.
 */
export async function getEnds(guest: Guest, path: string, each: number): Promise<Buffer | null> {
  return ifThere(
    (async () => {
      const { data: head, size } = await guest.call('get', { path, offset: 0, max: Math.min(each, chunkSize) });
      if (head.length >= size || size === 0) return Buffer.from(head);
      const offset = Math.max(head.length, size - Math.min(each, chunkSize));
      const { data: tail } = await guest.call('get', { path, offset, max: Math.min(each, chunkSize) });
      const left = offset - head.length;
      const note = left === 0 ? '' : `\n[${left} bytes left out]\n`;
      return Buffer.concat([head, Buffer.from(note), tail]);
    })(),
  );
}

/** Like getFile(), as text, and null where there is no such file. */
export async function getTextIfThere(guest: Guest, path: string): Promise<string | null> {
  return (await ifThere(getFile(guest, path)))?.toString('utf8') ?? null;
}

/** Removes a file or an empty folder. */
export async function removeFile(guest: Guest, path: string): Promise<void> {
  await guest.call('remove', { path });
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
