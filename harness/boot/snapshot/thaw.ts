// SPDX-License-Identifier: Apache-2.0
import { pipeline } from 'node:stream/promises';
import type { Machine } from '../machine.js';
import { Qmp } from '../qmp.js';
import { hashingStep } from './digest.js';
import type { Snapshot } from './store.js';

/** Milliseconds for one answer of QEMU, which reads the state in the same loop. */
const answerMs = 10_000;

/** A file that does not hold what was written into it, or that QEMU does not take. */
export class ThawError extends Error {
  override readonly name = 'ThawError';
}

/**
 * Gives a waiting machine the state of a snapshot and lets it run. QEMU gets the very bytes that are hashed on their
 * way, and does not run before the hash is the one of the day they were written: what changes in the file at any
 * moment is seen, or was not read. That QEMU has them all, it says itself: it closes its end as soon as it does, and on a
 * busy host the end of ours is then never told. Throws ThawError, QmpError, DeadlineError, or the signal's reason.
 */
export async function thawMachine(
  machine: Pick<Machine, 'qmp' | 'state'>,
  snapshot: Pick<Snapshot, 'memory' | 'about'>,
  signal: AbortSignal,
): Promise<void> {
  const qmp = await Qmp.connect(machine.qmp, { answerMs, signal });
  const source = snapshot.memory.createReadStream({ start: 0, highWaterMark: 1 << 20, autoClose: false });
  const { step, sha256 } = hashingStep();
  const fed = pipeline(source, step, machine.state, { signal });
  const read = await Promise.race([sha256, fed.then(() => sha256)]);
  if (read !== snapshot.about.memory.sha256) throw new ThawError('its bytes are not those that were written');
  const { status } = await qmp.settled('query-status', ['inmigrate']);
  if (status !== 'paused') throw new ThawError(`QEMU is ${String(status)} after it`);
  await qmp.execute('cont');
}
