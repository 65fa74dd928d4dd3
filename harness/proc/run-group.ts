// SPDX-License-Identifier: Apache-2.0
import { execa } from 'execa';
import { KeptOutput } from './kept-output.js';
import { letGoAtEnd, signalGroup } from './let-go.js';
import { CommandError, type CommandResult } from './run.js';

/** Milliseconds that a process group has to end after SIGTERM. */
const grace = 2000;

export interface GroupOptions {
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/**
 * Runs a program of the user's to its end, with all that it starts in one process group: when the signal aborts, the
 * group gets SIGTERM, then SIGKILL, and this waits until it is gone. So a compiler below a shell below make does not
 * write on. Of an endless output both ends are kept. A non-zero exit is a result; a program that cannot be started is a CommandError.
 */
export async function runGroup(argv: readonly [string, ...string[]], options: GroupOptions): Promise<CommandResult> {
  const { cwd, signal } = options;
  const [file, ...args] = argv;
  signal.throwIfAborted();
  const child = execa(file, args, {
    cwd,
    stdin: 'ignore',
    reject: false,
    detached: true,
    buffer: false,
    env: { LC_ALL: 'C.UTF-8' },
  });
  letGoAtEnd(child);
  const [stdout, stderr] = [new KeptOutput(), new KeptOutput()];
  child.stdout.on('data', (chunk: Uint8Array) => {
    stdout.take(chunk);
  });
  child.stderr.on('data', (chunk: Uint8Array) => {
    stderr.take(chunk);
  });
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    signalGroup(child.pid, 'SIGTERM');
    timer = setTimeout(() => {
      signalGroup(child.pid, 'SIGKILL');
    }, grace);
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    const { exitCode, code, shortMessage, cause } = await child;
    signal.throwIfAborted();
    if (exitCode !== undefined) return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
    const reason = code === 'ENOENT' ? 'not-found' : child.killed || code === undefined ? 'killed' : 'failed';
    throw new CommandError(file, reason, shortMessage ?? 'it did not start', cause);
  } finally {
    signal.removeEventListener('abort', end);
    clearTimeout(timer);
  }
}
