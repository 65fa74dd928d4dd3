// SPDX-License-Identifier: Apache-2.0
import type { Readable } from 'node:stream';
import { execa, ExecaError } from 'execa';
import { KeptOutput, outputLimit } from './kept-output.js';
import { letGoAtEnd } from './let-go.js';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly input?: string | Uint8Array;
}

/** A finished command; output as bytes of UTF-8 text. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that could not be started, was killed, ran out of time, or wrote without an end. A non-zero exit is a result, not an error. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  constructor(
    readonly file: string,
    /** `not-found` when there is no such program, `output` when it wrote more than anybody could want. */
    readonly reason: 'not-found' | 'timeout' | 'killed' | 'cancelled' | 'output' | 'failed',
    message: string,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

/** As CommandResult, for a program whose output is not text. */
export type BytesResult = Omit<CommandResult, 'stdout'> & { readonly stdout: Uint8Array };

/**
 * Runs a program to its end, without a shell, with a UTF-8 C locale so that its words can be read. One that writes more than
 * `outputLimit` is killed: what it says would not be looked at in part.
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const result = await runProgramForBytes(file, args, options);
  return { ...result, stdout: text(result.stdout) };
}

/** As `runProgram`, for a program whose output is not text. */
export async function runProgramForBytes(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<BytesResult> {
  const stdout = new KeptOutput();
  const stderr = new KeptOutput();
  try {
    const child = execa(file, args, {
      // execa would hold all of it, and a second time in the text of its errors.
      buffer: false,
      // What runs here writes into temporary folders of ours only; there is nothing it could tidy up itself.
      killSignal: 'SIGKILL',
      env: { LC_ALL: 'C.UTF-8', ...options.env },
      ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
      ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    });
    letGoAtEnd(child);
    keep(child, stdout, 'stdout');
    keep(child, stderr, 'stderr');
    await child;
    assertKept(file, stdout, stderr);
    return { exitCode: 0, stdout: stdout.bytes(), stderr: stderr.text() };
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    assertKept(file, stdout, stderr);
    if (error.exitCode !== undefined && !error.isTerminated && !error.timedOut && !error.isCanceled) {
      return { exitCode: error.exitCode, stdout: stdout.bytes(), stderr: stderr.text() };
    }
    throw new CommandError(file, reasonOf(error), error.shortMessage, error);
  }
}

interface Writing {
  readonly stdout: Readable;
  readonly stderr: Readable;
  kill(): unknown;
}

function keep(child: Writing, output: KeptOutput, name: 'stdout' | 'stderr'): void {
  child[name].on('data', (chunk: Uint8Array) => {
    output.take(chunk);
    if (output.leftOut > 0) child.kill();
  });
}

/** Throws when there was more than is kept. */
function assertKept(file: string, ...outputs: readonly KeptOutput[]): void {
  const endless = outputs.find(({ leftOut }) => leftOut > 0);
  if (endless === undefined) return;
  const written = Buffer.from(endless.bytes());
  const quoted = (part: Buffer): string => JSON.stringify(part.toString('latin1'));
  const ends = `first ${quoted(written.subarray(0, 40))}, at last ${quoted(written.subarray(-40))}`;
  const message = `${file} wrote more than ${outputLimit / 2 ** 20} MiB, and was killed: ${ends}`;
  throw new CommandError(file, 'output', message, undefined);
}

function reasonOf(
  error: Pick<ExecaError, 'code' | 'timedOut' | 'isCanceled' | 'isTerminated'>,
): CommandError['reason'] {
  if (error.code === 'ENOENT') return 'not-found';
  if (error.timedOut) return 'timeout';
  if (error.isCanceled) return 'cancelled';
  return error.isTerminated ? 'killed' : 'failed';
}

function text(value: Uint8Array): string {
  return Buffer.from(value).toString('utf8');
}
