// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureFolder } from './folders.js';

/** Milliseconds that a FIFO's reader has to come, and to take more. */
const readerMs = 3000;
const pollMs = 10;

/** A sibling name for `path` that nobody else uses; same folder, so that a rename stays on one file system. */
export function partialName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}-${randomBytes(4).toString('hex')}.partial`);
}

/**
 * Writes a file under a temporary name and renames it: readers see the old bytes or the new, never half. What is there and
 * no file, a device or a fifo, is written to: whoever may rename would put a file in the place of /dev/null.
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  if (await isSpecial(path)) {
    await writeSpecial(path, Buffer.from(data));
    return;
  }
  await ensureFolder(dirname(path));
  const partial = partialName(path);
  try {
    await writeFile(partial, data);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** Of a link, what it leads to. */
async function isSpecial(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && !found.isFile() && !found.isDirectory();
}

/** Never waits for ever: a FIFO may have no reader, or one that takes nothing. */
async function writeSpecial(path: string, bytes: Buffer): Promise<void> {
  const file = await patiently(['ENXIO'], () => open(path, constants.O_WRONLY | constants.O_NONBLOCK));
  try {
    for (let offset = 0; offset < bytes.length;) offset += await writeSome(file, bytes.subarray(offset));
  } finally {
    await file.close();
  }
}

async function writeSome(file: FileHandle, bytes: Buffer): Promise<number> {
  return (await patiently(['EAGAIN'], () => file.write(bytes))).bytesWritten;
}

/** Tries again for a while what fails with one of these errors: whoever is at the other end is slow. */
async function patiently<T>(codes: readonly string[], attempt: () => Promise<T>): Promise<T> {
  const end = performance.now() + readerMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (!codes.includes(code) || performance.now() > end) throw error;
      await sleep(pollMs);
    }
  }
}
