// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { markName, peakMemory } from './process-table.js';

/** Where what a run prints goes. */
export type Outlet =
  | { readonly kind: 'kept' }
  | { readonly kind: 'file'; readonly path: string }
  /** The descriptor is not there at all. */
  | { readonly kind: 'closed' }
  /** Whoever reads leaves after so many bytes. */
  | { readonly kind: 'reader leaves'; readonly after: number };

export interface SoakCommand {
  /** Program and arguments. */
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly mark: string;
  readonly stdout: Outlet;
  readonly stderr: Outlet;
  /** Milliseconds until it counts as hung. */
  readonly deadline: number;
}

/** How a run ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly isHung: boolean;
  readonly ms: number;
  /** Its beginning; of a stream that was not kept nothing. */
  readonly stdout: string;
  readonly stderr: string;
  /** KiB. */
  readonly peak: number;
}

export interface Running {
  /** To the harness alone, or to all that it started as well, as a terminal does. */
  readonly signal: (signal: NodeJS.Signals, whom: 'harness' | 'group') => void;
  readonly ended: Promise<Ended>;
}

/** Characters of a stream that are kept. */
const keptMax = 200_000;

function stdioOf(outlet: Outlet): 'pipe' | 'ignore' | number {
  if (outlet.kind === 'file') return openSync(outlet.path, 'r+');
  // Closed by the shell below: with `ignore` it would be /dev/null.
  return outlet.kind === 'closed' ? 'ignore' : 'pipe';
}

/** Node cannot leave a descriptor closed. */
function closing({ argv, stdout, stderr }: SoakCommand): readonly string[] {
  const closed = `${stdout.kind === 'closed' ? ' >&-' : ''}${stderr.kind === 'closed' ? ' 2>&-' : ''}`;
  return closed === '' ? argv : ['sh', '-c', `exec "$@"${closed}`, 'sh', ...argv];
}

function keep(child: ChildProcess, which: 'stdout' | 'stderr', outlet: Outlet): () => string {
  const stream = child[which];
  let text = '';
  let seen = 0;
  stream?.on('data', (bytes: Buffer) => {
    seen += bytes.length;
    if (text.length < keptMax) text += bytes.toString('utf8');
    if (outlet.kind === 'reader leaves' && seen >= outlet.after) stream.destroy();
  });
  return () => text;
}

/** Signals whoever may be gone. */
export function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Starts a run as the leader of a group of its own. */
export function startCommand(command: SoakCommand): Running {
  const [program = '', ...args] = closing(command);
  const stdio: StdioOptions = ['ignore', stdioOf(command.stdout), stdioOf(command.stderr)];
  const env = { ...process.env, NO_COLOR: '1', ...command.env, [markName]: command.mark };
  const child = spawn(program, args, { stdio, env, detached: true });
  const pid = child.pid ?? 0;
  return {
    signal: (signal, whom) => {
      if (pid > 0) signalIfThere(whom === 'group' ? -pid : pid, signal);
    },
    ended: endOf(child, command),
  };
}

async function endOf(child: ChildProcess, { stdout, stderr, deadline }: SoakCommand): Promise<Ended> {
  const [out, err] = [keep(child, 'stdout', stdout), keep(child, 'stderr', stderr)];
  const from = performance.now();
  let peak = 0;
  // `close` would wait for whoever still holds a stream.
  const exited = new Promise<Pick<Ended, 'code' | 'signal'>>((resolve) => {
    child.on('exit', (code, signal) => {
      resolve({ code, signal });
    });
    child.on('error', () => {
      resolve({ code: 127, signal: null });
    });
  });
  const watch = setInterval(() => (peak = Math.max(peak, peakMemory(child.pid ?? 0))), 25);
  const end = await Promise.race([exited, sleep(deadline, null, { ref: false })]);
  clearInterval(watch);
  if (end === null && child.pid !== undefined) signalIfThere(-child.pid, 'SIGKILL');
  // What it printed last may still be on its way.
  await sleep(50);
  child.stdout?.destroy();
  child.stderr?.destroy();
  const ms = performance.now() - from;
  const how = end ?? { code: null, signal: null };
  return { ...how, isHung: end === null, ms, stdout: out(), stderr: err(), peak };
}
