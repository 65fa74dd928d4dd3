// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { withDeadline } from '../../proc/deadline.js';
import { shellQuote } from '../../proc/shell-quote.js';
import type { Machine } from '../machine.js';
import { Qmp } from '../qmp.js';

/** Milliseconds for one answer of QEMU, whose main loop writes while it is asked. */
const answerMs = 20_000;
/** Milliseconds for all of it: 0.5 s on an idle core with a disk that is not. */
const freezeLimit = 60_000;
/** Bytes a second, so much that only the disk is a limit: QEMU spares a network by default. */
const unlimited = 2 ** 40;
/** Milliseconds from the last byte that QEMU wrote to the file that is whole. */
const fileMs = 5000;
const pollMs = 5;

/** What the machine is after an attempt to freeze it. */
export type Frozen =
  /** The file is written, and the machine goes on. */
  | { readonly kind: 'kept' }
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
  const failure = await write(qmp, file).then(
    () => null,
    (error: unknown) => reasonText(error),
  );
  signal.throwIfAborted();
  await qmp.execute('cont');
  return failure === null ? { kind: 'kept' } : { kind: 'failed', why: failure };
}

/**
 * QEMU has no way to write into a file but a program that takes the stream. Its end is not reported, and a disk may fill up
 * with the last bytes: the file has its name when all of it was written. A program that hangs must not hold QEMU's
 * standard error open, by whose end the harness knows that QEMU is gone.
 */
async function write(qmp: Qmp, file: string): Promise<void> {
  const [partial, whole] = [shellQuote(`${file}.partial`), shellQuote(file)];
  await qmp.execute('migrate-set-parameters', { 'max-bandwidth': unlimited });
  await qmp.execute('migrate', { uri: `exec:exec 2>/dev/null; cat > ${partial} && mv ${partial} ${whole}` });
  const { status } = await qmp.settled('query-migrate', ['none', 'setup', 'active', 'device']);
  if (status === 'completed' && (await appears(file))) return;
  throw new Error('its memory could not be written');
}

async function appears(file: string): Promise<boolean> {
  for (let waited = 0; waited < fileMs; waited += pollMs) {
    if (existsSync(file)) return true;
    await sleep(pollMs);
  }
  return false;
}

function reasonText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
