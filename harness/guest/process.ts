// SPDX-License-Identifier: Apache-2.0
import { assertNever } from '../model/assert-never.js';
import type { Guest } from './client.js';
import { protocolError } from './errors.js';
import { ends } from './protocol.js';

/** A program and its environment. No search path: `argv[0]` is the file. */
export interface ProcessOptions {
  readonly argv: readonly [string, ...string[]];
  /** Nothing is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Folder under `/sys/fs/cgroup`, created when it is missing. */
  readonly cgroup?: string;
  readonly stdin?: Uint8Array | string;
  /** By a process of a sealed program, and what goes into its signatures; `argv[0]` is then a name only. */
  readonly sealed?: { readonly name: string; readonly nonce: string };
}

export interface RunOptions extends ProcessOptions {
  /** Milliseconds; then its whole session is killed. */
  readonly timeout: number;
  /** Bytes kept of each output stream; 480 KiB at most and when left out. */
  readonly maxOutput?: number;
}

export interface SpawnOptions extends ProcessOptions {
  /** Files that the output is appended to; dropped when left out. */
  readonly stdout?: string;
  readonly stderr?: string;
}

export type ProcessEnd =
  | { readonly kind: 'exited'; readonly status: number }
  | { readonly kind: 'signalled'; readonly signal: number }
  | { readonly kind: 'timed-out' };

export interface RunResult {
  readonly end: ProcessEnd;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** There was more output than `maxOutput`. */
  readonly truncated: boolean;
}

/** Runs a program to its end. Throws GuestRefusal with the errno when it cannot be started. */
export async function runInGuest(guest: Guest, options: RunOptions): Promise<RunResult> {
  const reply = await guest.call(
    'run',
    { ...describe(options), timeoutMs: options.timeout, maxOutput: options.maxOutput },
    options.timeout,
  );
  const end = processEndOf(reply.end, reply.endCode);
  if (end.kind === 'running') throw protocolError('a finished process is running');
  return {
    end,
    stdout: Buffer.from(reply.stdout),
    stderr: Buffer.from(reply.stderr),
    truncated: reply.truncated !== 0,
  };
}

/** Starts a program and leaves it running; gives its pid. */
export async function spawnInGuest(guest: Guest, options: SpawnOptions): Promise<number> {
  const reply = await guest.call('spawn', {
    ...describe(options),
    stdoutPath: options.stdout,
    stderrPath: options.stderr,
  });
  return reply.pid;
}

/** Signals a process that was spawned and not yet waited for; else GuestRefusal with ESRCH. */
export async function sendSignal(guest: Guest, pid: number, signo: number): Promise<void> {
  await guest.call('signal', { pid, signo });
}

/** A file that a process writes, of which `size` bytes are known. */
export interface Growing {
  readonly path: string;
  readonly size: number;
}

/**
 * Waits for a spawned process, at most `timeout` ms, or until a file has grown; it may also return sooner for nothing.
 * An end is reported once; then the pid is unknown (ESRCH).
 */
export async function waitForProcess(
  guest: Guest,
  pid: number,
  timeout: number,
  { path, size }: Partial<Growing> = {},
): Promise<ProcessEnd | { readonly kind: 'running' }> {
  const reply = await guest.call('wait', { pid, timeoutMs: timeout, path, size }, timeout);
  return processEndOf(reply.end, reply.endCode);
}

function describe(options: ProcessOptions) {
  const { argv, env = {}, cwd, uid, gid, cgroup, stdin, sealed } = options;
  return {
    argv,
    env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    cwd,
    uid,
    gid,
    cgroup,
    sealed: sealed?.name,
    nonce: sealed?.nonce,
    stdin: typeof stdin === 'string' ? Buffer.from(stdin, 'utf8') : stdin,
  };
}

export type GuestEnd = ProcessEnd | { readonly kind: 'running' };

/** Reads `end` and `endCode` of a reply. */
export function processEndOf(end: number, code: number): GuestEnd {
  const known = end as (typeof ends)[keyof typeof ends];
  switch (known) {
    case ends.running:
      return { kind: 'running' };
    case ends.exited:
      return { kind: 'exited', status: code };
    case ends.signalled:
      return { kind: 'signalled', signal: code };
    case ends.timedOut:
      return { kind: 'timed-out' };
    default:
      return assertNever(known);
  }
}
