// SPDX-License-Identifier: Apache-2.0
import { execa, ExecaError } from 'execa';
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

/** A command that could not be started, was killed, or ran out of time. A non-zero exit is a result, not an error. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  constructor(
    readonly file: string,
    /** `not-found` when there is no such program. */
    readonly reason: 'not-found' | 'timeout' | 'killed' | 'cancelled' | 'failed',
    message: string,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

/** As CommandResult, for a program whose output is not text. */
export type BytesResult = Omit<CommandResult, 'stdout'> & { readonly stdout: Uint8Array };

/** Runs a program to its end, without a shell, with a UTF-8 C locale so that its words can be read. */
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
  try {
    const child = execa(file, args, {
      encoding: 'buffer',
      // What runs here writes into temporary folders of ours only; there is nothing it could tidy up itself.
      killSignal: 'SIGKILL',
      stripFinalNewline: false,
      maxBuffer: 256 * 1024 * 1024,
      env: { LC_ALL: 'C.UTF-8', ...options.env },
      ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
      ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    });
    letGoAtEnd(child);
    const result = await child;
    return { exitCode: 0, stdout: result.stdout, stderr: text(result.stderr) };
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    if (error.exitCode !== undefined && !error.isTerminated && !error.timedOut && !error.isCanceled) {
      return { exitCode: error.exitCode, stdout: bytes(error.stdout), stderr: text(error.stderr) };
    }
    throw new CommandError(file, reasonOf(error), error.shortMessage, error);
  }
}

function reasonOf(
  error: Pick<ExecaError, 'code' | 'timedOut' | 'isCanceled' | 'isTerminated'>,
): CommandError['reason'] {
  if (error.code === 'ENOENT') return 'not-found';
  if (error.timedOut) return 'timeout';
  if (error.isCanceled) return 'cancelled';
  return error.isTerminated ? 'killed' : 'failed';
}

function bytes(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}

function text(value: unknown): string {
  return Buffer.from(bytes(value)).toString('utf8');
}
