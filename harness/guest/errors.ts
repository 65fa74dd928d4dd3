// SPDX-License-Identifier: Apache-2.0
import { InfraError } from '../model/errors.js';
import type { GuestErrorCode } from './protocol.js';

/** The guest answered, and the answer is no. The conversation goes on. */
export class GuestRefusal extends InfraError {
  constructor(
    /** The operation that was asked for. */
    readonly operation: string,
    readonly code: GuestErrorCode,
    /** Positive errno for `system`, else 0. */
    readonly errno: number,
    detail: string,
  ) {
    super('GUEST_PROTOCOL', { message: `guest: ${operation}: ${detail}` });
  }
}

/** Was PID 1 denied something? Nothing but an LSM program does that to it. */
export function isDenial(error: unknown): boolean {
  return error instanceof GuestRefusal && (error.errno === errno.EPERM || error.errno === errno.EACCES);
}

/** What the other side said is not the protocol; the conversation is over. */
export function protocolError(detail: string, cause?: unknown): InfraError {
  return new InfraError('GUEST_PROTOCOL', {
    message: `guest: ${detail}`,
    next: 'read the console log; the guest may have crashed',
    cause,
  });
}

/** The errnos that this folder gives a meaning of its own. */
export const errno = {
  EPERM: 1,
  ENOENT: 2,
  ENXIO: 6,
  EAGAIN: 11,
  EACCES: 13,
  EOPNOTSUPP: 95,
  /** Stands for a loader that did not finish in time; bpf(2) never returns it. */
  ETIMEDOUT: 110,
  /** Stands for a loader that crashed; bpf(2) never returns it. */
  ENOTRECOVERABLE: 131,
} as const;
