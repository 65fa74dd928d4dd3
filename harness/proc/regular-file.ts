// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Something else than a file lies at a path: a FIFO or a device would be read for ever. */
export class NoRegularFileError extends Error {
  override readonly name = 'NoRegularFileError';
}

/** Bytes that a file of ours may have when nobody says: a lock has 6 KiB, what a cache entry says of itself 2 KiB. */
const usualLimit = 4 * 2 ** 20;

/**
 * Opens a file for reading, and nothing that is none: a FIFO without a writer is not waited for.
 * @throws NoRegularFileError; the errors of open(2).
 */
export async function openRegularFile(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    // A socket, or a device without a driver.
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ENXIO' || code === 'ENODEV' ? new NoRegularFileError(`${path}: not a regular file`) : error;
  });
  try {
    if (!(await file.stat()).isFile()) throw new NoRegularFileError(`${path}: not a regular file`);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * The text of a file, UTF-8.
 * @throws NoRegularFileError for what is none, or has more than `limit` bytes; the errors of open(2).
 */
export async function readRegularFile(path: string, limit = usualLimit): Promise<string> {
  const file = await openRegularFile(path);
  try {
    const { size } = await file.stat();
    if (size > limit) throw new NoRegularFileError(`${path}: has ${size} bytes, and no more than ${limit} are read`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
