// SPDX-License-Identifier: Apache-2.0
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';

/** Bytes that are read of one file where nobody says otherwise: no object, program or report comes near it. */
const defaultLimit = 512 * 2 ** 20;

/** What a path leads to is no file, or no file that can be read into memory. `code` is for texts that show one. */
class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';

  constructor(readonly code: string) {
    super(`it is ${code}`);
  }
}

/**
 * Opens a regular file for reading; the caller closes it. A FIFO would be waited for until somebody writes into it, and
 * by a thread that not even the end of the process gets back. Throws UnreadableFileError, or the error of open(2).
 */
export async function openRegularFile(path: string): Promise<FileHandle> {
  const found = await stat(path);
  if (!found.isFile()) throw new UnreadableFileError(kindOf(found));
  // It may be another one by now.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const opened = await file.stat();
  if (opened.isFile()) return file;
  await file.close();
  throw new UnreadableFileError(kindOf(opened));
}

/** All of a regular file of at most `limit` bytes. Throws UnreadableFileError, or the error of the system call. */
export async function readRegularFile(path: string, limit = defaultLimit): Promise<Buffer> {
  const file = await openRegularFile(path);
  try {
    const { size } = await file.stat();
    if (size > limit) throw new UnreadableFileError(`larger than ${Math.floor(limit / 2 ** 20)} MiB`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** The same, as text. */
export async function readRegularText(path: string, limit?: number): Promise<string> {
  return (await readRegularFile(path, limit)).toString('utf8');
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a folder, not a file';
  if (found.isFIFO()) return 'a FIFO, not a regular file';
  if (found.isSocket()) return 'a socket, not a regular file';
  return 'a device, not a regular file';
}
