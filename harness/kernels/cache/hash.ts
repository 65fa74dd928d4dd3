// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { openRegularFile } from '../../proc/regular-file.js';

/** SHA-256 of a file, lower-case hex. Throws for a FIFO or a device, which it would read for ever. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const file = await openRegularFile(path);
  await pipeline(file.createReadStream({ highWaterMark: 1 << 20 }), hash, signal ? { signal } : {});
  return hash.digest('hex');
}

/** SHA-256 of bytes or UTF-8 text, lower-case hex. */
export function hashBytes(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
