// SPDX-License-Identifier: Apache-2.0
import { ExitCode } from '../model/exit-code.js';
import { renderError } from '../report/errors.js';

/** What a stream is for people. */
const streamNames = { stdout: 'standard output', stderr: 'standard error' } as const;

interface Committed {
  readonly place: string;
  readonly exitCode: ExitCode;
}

/** Node's own exit code for a program that waits for what can no longer come. */
const nothingLeftToDo = 13;

/**
 * How this process ends whatever happens to it. What nobody has caught is never exit code 1, which is a verdict, but 3:
 * and where a report was put in place before, the report's own.
 */
export class Ending {
  #committed: Committed | null = null;
  #interrupted = false;
  #lost: string | null = null;
  #ended = false;

  /** A report is in place, and this is its exit code. */
  committed(place: string, exitCode: ExitCode): void {
    this.#committed = { place, exitCode };
  }

  interrupted(): void {
    this.#interrupted = true;
  }

  /** Takes over what would end this process by itself. For the whole life of the process. */
  guard(argv: readonly string[]): void {
    const onFault = (error: unknown): void => {
      this.#fault(error, argv.includes('--debug') ? 'debug' : 'brief');
    };
    process.on('uncaughtException', onFault);
    process.on('unhandledRejection', onFault);
    process.on('exit', () => {
      if (process.exitCode === nothingLeftToDo) process.exitCode = this.#exitCode();
    });
    // Where a file may not grow any more (`ulimit -f`) the kernel would end this process; whoever writes gets EFBIG instead.
    process.on('SIGXFSZ', () => undefined);
    for (const name of ['stdout', 'stderr'] as const) {
      process[name].on('error', (error: NodeJS.ErrnoException) => {
        // `bpf-matrix | head` closes the pipe early; the run and its report folder go on, and so they do on a full disk.
        if (error.code !== 'EPIPE') this.#lost ??= `${streamNames[name]} could not be written: ${error.message}`;
      });
    }
  }

  /** The exit code of a command that came to its end, once what it wrote has been taken or lost. */
  async finished(exitCode: number): Promise<number> {
    await written(process.stdout);
    if (this.#lost === null) return exitCode;
    process.stderr.write(`error: ${this.#lost}\n  next: ${this.#where()}\n`);
    return this.#committed === null && exitCode === ExitCode.ok ? ExitCode.incomplete : exitCode;
  }

  #fault(error: unknown, detail: 'brief' | 'debug'): void {
    // What breaks while this is said has nothing to add.
    if (this.#ended) return;
    this.#ended = true;
    try {
      process.stderr.write(`${renderError(error, detail)}  ${this.#where()}\n`);
    } finally {
      // Exit hooks remove temporary folders; the kernel kills QEMU with its parent (proc/managed.ts).
      process.exit(this.#exitCode());
    }
  }

  #exitCode(): ExitCode {
    if (this.#committed !== null) return this.#committed.exitCode;
    return this.#interrupted ? ExitCode.interrupted : ExitCode.incomplete;
  }

  #where(): string {
    if (this.#committed === null) return 'no report was written; one that was there before is untouched';
    const { place, exitCode } = this.#committed;
    return `the report is complete: ${place}, exit ${exitCode}`;
  }
}

/** Resolves when a stream has taken what was written to it, or has refused it. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => {
      setImmediate(resolve);
    });
  });
}
