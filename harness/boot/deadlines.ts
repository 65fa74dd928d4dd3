// SPDX-License-Identifier: Apache-2.0
import type { Accelerator } from '../model/report.js';

/** Milliseconds for each phase of a guest's life. */
export interface Deadlines {
  /** QEMU's start to the kernel's banner on the console. */
  readonly boot: number;
  /** The banner to the guest's hello. */
  readonly hello: number;
  /** One request; loads of an object have their own, longer one. */
  readonly request: number;
  /** One object loaded and verified, all its programs. */
  readonly load: number;
  /** QEMU's start to the last answer. */
  readonly vm: number;
}

/** A stock kernel needs 2 to 4 s to user space under TCG on an idle core; a shared hosted runner may need ten times that. */
export function bootDeadlines(accel: Accelerator, vm: number): Deadlines {
  const slow = accel === 'tcg' ? 2 : 1;
  const cap = (ms: number): number => Math.min(ms, vm);
  return { boot: cap(15_000 * slow), hello: cap(30_000 * slow), request: cap(30_000), load: cap(vm), vm };
}
