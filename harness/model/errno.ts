// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:os';

/** Errnos of the kernel that never should reach user space, and do (include/linux/errno.h). */
const kernelOnly: Readonly<Record<number, string>> = { 524: 'ENOTSUPP' };

const names = new Map<number, string>(Object.entries(constants.errno).map(([name, value]) => [value, name]));
// Linux has one number under two names; the verifier's sources use these.
names.set(constants.errno.EAGAIN, 'EAGAIN');
names.set(constants.errno.EOPNOTSUPP, 'EOPNOTSUPP');

/** `EINVAL` for 22; the number itself where it has no name; `0` for success. */
export function errnoName(errno: number): string {
  if (errno === 0) return '0';
  return kernelOnly[errno] ?? names.get(errno) ?? String(errno);
}
