// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { withDeadline } from '../../proc/deadline.js';
import type { Machine } from '../machine.js';
import { Qmp } from '../qmp.js';
import { type StateReceiver, withStateReceiver } from './receive.js';

/** Milliseconds for one answer of QEMU, whose main loop writes while it is asked. */
const answerMs = 20_000;
/** Milliseconds for all of it: 0.5 s on an idle core with a disk that is not. */
const freezeLimit = 60_000;
/** Bytes a second, so much that only the disk is a limit: QEMU spares a network by default. */
const unlimited = 2 ** 40;
/** Milliseconds from the last byte that QEMU sent to the file that is whole. */
const fileMs = 5000;
/** Milliseconds from QEMU's failure to the reason, where that is the file's. */
const reasonMs = 1000;

/** What the machine is after an attempt to freeze it. */
export type Frozen =
  /** The file is written, and the machine goes on; SHA-256 of what QEMU sent, lower-case hex. */
  | { readonly kind: 'kept'; readonly sha256: string }
  /** There is no file, and the machine goes on as if nothing had been. */
  | { readonly kind: 'failed'; readonly why: string }
  /** The machine did not outlive it. */
  | { readonly kind: 'lost'; readonly why: string };

/** Writes the state of a machine into `file` and lets it go on. Throws only the signal's reason. */
export async function freezeMachine(machine: Machine, file: string, signal: AbortSignal): Promise<Frozen> {
  try {
    return await machine.guard(withDeadline('snapshot', freezeLimit, stopAndWrite(machine, file, signal), { signal }));
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'lost', why: reasonText(error) };
  }
}

async function stopAndWrite(machine: Machine, file: string, signal: AbortSignal): Promise<Frozen> {
  const qmp = await Qmp.connect(machine.qmp, { answerMs, signal });
  await qmp.execute('stop');
  const frozen = await withStateReceiver(file, (receiver) => write(qmp, receiver, signal)).then(
    (sha256): Frozen => ({ kind: 'kept', sha256 }),
    (error: unknown): Frozen => ({ kind: 'failed', why: reasonText(error) }),
  );
  signal.throwIfAborted();
  await qmp.execute('cont');
  return frozen;
}

/** A disk may fill up with the last bytes: that QEMU has sent all is not enough. */
async function write(qmp: Qmp, { uri, written }: StateReceiver, signal: AbortSignal): Promise<string> {
  await qmp.execute('migrate-set-parameters', { 'max-bandwidth': unlimited });
  await qmp.execute('migrate', { uri });
  const { status } = await qmp.settled('query-migrate', ['none', 'setup', 'active', 'device']);
  if (status === 'completed') return withDeadline('end of the snapshot', fileMs, written, { signal });
  // QEMU knows no more than that nobody takes it any longer.
  await Promise.race([written, sleep(reasonMs)]);
  throw new Error('its memory could not be written');
}

function reasonText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
