// SPDX-License-Identifier: Apache-2.0
/** Milliseconds after the end of a process in which what it wrote must have been read. */
const lastRead = 5000;

/** The parts of a child process that are needed here. */
interface Child {
  once(event: 'exit' | 'close', listener: () => void): unknown;
  readonly stdio: readonly ({ destroy(): unknown } | null | undefined)[];
}

/**
 * Lets go of a process that has ended while something that it started still holds its output: whoever waits for the end
 * of that would wait for as long as the other lives. `onEnd` is called at the end of the process itself.
 */
export function letGoAtEnd(child: Child, onEnd: () => void = () => undefined): void {
  child.once('exit', () => {
    onEnd();
    const timer = setTimeout(() => {
      for (const stream of child.stdio) stream?.destroy();
    }, lastRead);
    child.once('close', () => {
      clearTimeout(timer);
    });
  });
}

/** Sends a signal to a whole process group, as long as there is one. */
export function signalGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch {
    // It is gone already.
  }
}
