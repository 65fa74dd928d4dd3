// SPDX-License-Identifier: Apache-2.0
import { ExitCode } from '../model/exit-code.js';
import { InterruptedError } from '../model/errors.js';

/**
 * npm forwards a signal that the terminal has already sent to the whole process group; two of them within this many
 * milliseconds are one keystroke.
 */
const sameKeystroke = 400;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Turns the first signal into an abort, the second into an immediate exit. Returns what takes the handlers off. */
export function interruptible(abort: AbortController, say: (text: string) => void): () => void {
  let first: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (first === undefined) {
      first = now;
      say(`${signal}: stopping the machines; once more leaves at once\n`);
      abort.abort(new InterruptedError(signal));
    } else if (now - first > sameKeystroke) {
      // Exit hooks remove temporary folders; the kernel kills QEMU with its parent (proc/managed.ts).
      process.exit(ExitCode.interrupted);
    }
  };
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}
