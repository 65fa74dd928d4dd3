// SPDX-License-Identifier: Apache-2.0
import type * as files from 'node:fs/promises';
import { UsageError } from '../../model/errors.js';

/** The one file that is read from memory: a real one would cost more than what reads it. */
export const memoryFile = { path: '/in-memory/file', text: '' };

/** `node:fs/promises`, with that file. */
export function withMemoryFile(real: unknown): typeof files {
  const { readFile, ...rest } = real as typeof files;
  const reads = (path: unknown, ...how: unknown[]): Promise<unknown> =>
    path === memoryFile.path
      ? Promise.resolve(memoryFile.text)
      : (readFile as (...given: unknown[]) => Promise<unknown>)(path, ...how);
  return { ...rest, readFile: reads as typeof readFile };
}

/** One message for a person, which names the file and what to do, and is not a page long. */
export function isUsageErrorAbout(error: unknown, path: string): boolean {
  return (
    error instanceof UsageError &&
    error.message.startsWith(`${path}: `) &&
    error.message.length < 5000 &&
    error.next !== ''
  );
}
