// SPDX-License-Identifier: Apache-2.0
import type { ErrorParts } from './errors.js';

/** Errors of system calls that a machine or its user accounts for, by their names in errno(3). */
const causes: Readonly<Record<string, readonly [what: string, next: string]>> = {
  ENOSPC: ['the disk is full', 'make room there, and start again'],
  EFBIG: ['a file may not grow that large', 'raise the limit (ulimit -f unlimited), and start again'],
  EDQUOT: ['the disk quota is used up', 'make room there, and start again'],
  EROFS: ['the file system is read-only', 'name a folder that can be written'],
  EACCES: ['permission is denied', 'change its permissions, or name another place'],
  EPERM: ['it is not permitted', 'change its permissions, or name another place'],
  ENAMETOOLONG: ['the name is too long', 'name a shorter place'],
  ENOTDIR: ['a file stands where a folder should', 'name another place'],
  ELOOP: ['links lead in a circle', 'name another place'],
  EMFILE: ['this process may open no more files', 'raise the limit (ulimit -n 1024), or use fewer --jobs'],
  ENFILE: ['the host may open no more files', 'end what holds them, or raise fs.file-max'],
  EAGAIN: ['the host has no more processes to give', 'raise the limit (ulimit -u), or use fewer --jobs'],
  ENOMEM: ['the host has no more memory to give', 'end what holds it, or use fewer --jobs'],
  EIO: ['the device reports an error', 'check the disk, or name another place'],
};

/** Longest chain of causes that is followed: one may point back at itself. */
const depth = 10;

/**
 * What the host or whoever set it up has to do with an error that nobody has explained, with the next step; null where
 * it is not about them, which makes it a fault of this program. The error of a system call counts, or one that it caused.
 */
export function hostFaultOf(error: unknown): ErrorParts | null {
  let at = error;
  for (let level = 0; at instanceof Error && level < depth; level++) {
    const { code = '', syscall = '' } = at as NodeJS.ErrnoException;
    const cause = Object.hasOwn(causes, code) && syscall !== '' ? causes[code] : undefined;
    if (cause !== undefined) return { message: `${cause[0]}: ${at.message}`, next: cause[1], cause: error };
    at = at.cause;
  }
  return null;
}
