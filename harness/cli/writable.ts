// SPDX-License-Identifier: Apache-2.0
import { resolve, sep } from 'node:path';
import { UsageError } from '../model/errors.js';

/** Is a path the folder or in it, as both are written: links are not followed. */
export function isInside(path: string, folder: string): boolean {
  return `${resolve(path)}${sep}`.startsWith(`${resolve(folder)}${sep}`);
}

/** Of what a user named and nobody may write: `claim` with the error number (`--html a/b cannot be written (EACCES)`). */
export function cannotWrite(claim: string, next: string, cause: unknown): UsageError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  return new UsageError({ message: `${claim} (${code})`, next, cause });
}
