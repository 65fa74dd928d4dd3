// SPDX-License-Identifier: Apache-2.0
import { UsageError } from '../../model/errors.js';
import type * as files from '../../proc/regular-file.js';

/** The one file that is read from memory: a real one would cost more than what reads it. */
export const memoryFile = { path: '/in-memory/file', text: '' };

/** `proc/regular-file.js`, with that file. */
export function withMemoryFile(real: unknown): typeof files {
  const { readRegularText, ...rest } = real as typeof files;
  return {
    ...rest,
    readRegularText: (path, limit) =>
      path === memoryFile.path ? Promise.resolve(memoryFile.text) : readRegularText(path, limit),
  };
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
