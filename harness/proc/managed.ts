// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import type { Duplex, Readable } from 'node:stream';
import { execa } from 'execa';
import { letGoAtEnd, signalGroup } from './let-go.js';

const setpriv = '/usr/bin/setpriv';

/** How a process ended. */
export type ProcessExit =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  /** It never ran. */
  | { readonly kind: 'not-started'; readonly message: string };

/** A process that lives as long as its owner: killed with it, even when the owner is killed by SIGKILL. */
export interface ManagedProcess {
  readonly pid: number | undefined;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** The owner's ends of socket pairs; the process sees them as file descriptors 3, 4, ... */
  readonly sockets: readonly Duplex[];
  /** Settles when the process is gone; never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Kills it with SIGKILL and waits until it is gone. */
  kill(): Promise<void>;
}

/**
 * Starts a program with `sockets` extra socket pairs. No file-system socket, no port: nothing is left behind.
 *
 * It leads a process group of its own, and whatever it has started is killed with it: what stands in for QEMU may be a
 * script. Its end is not waited for beyond that, whoever holds its output.
 *
 * prctl(PR_SET_PDEATHSIG) through setpriv(1) makes the kernel kill the process when this one dies without cleaning up.
 */
export function startManaged(file: string, args: readonly string[], sockets: number): ManagedProcess {
  const guarded = existsSync(setpriv) ? [setpriv, '--pdeathsig', 'KILL', '--', file] : [file];
  const [command, ...prefix] = guarded as [string, ...string[]];
  const child = execa(command, [...prefix, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', ...Array.from({ length: sockets }, () => 'pipe' as const)],
    buffer: false,
    reject: false,
    cleanup: true,
    detached: true,
    killSignal: 'SIGKILL',
  });
  const { pid } = child;
  const forget = killAtExit(pid);
  letGoAtEnd(child, () => {
    forget();
    signalGroup(pid, 'SIGKILL');
  });
  const exited = child.then(exitOf);
  return {
    pid,
    stdout: child.stdio[1],
    stderr: child.stdio[2],
    sockets: Array.from({ length: sockets }, (_, index) => quiet(child.stdio[3 + index] as unknown as Duplex)),
    exited,
    kill: async () => {
      signalGroup(pid, 'SIGKILL');
      await exited;
    },
  };
}

const groups = new Set<number>();
let hooked = false;

/** A group is not reached by what the terminal sends. Returns what calls it off. */
function killAtExit(leader: number | undefined): () => void {
  if (leader === undefined) return () => undefined;
  if (!hooked) {
    hooked = true;
    process.on('exit', () => {
      for (const one of groups) signalGroup(one, 'SIGKILL');
    });
  }
  groups.add(leader);
  return () => groups.delete(leader);
}

interface Ended {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly shortMessage?: string | undefined;
}

function exitOf(result: Ended): ProcessExit {
  if (result.signal !== undefined) return { kind: 'signalled', signal: result.signal };
  if (result.exitCode !== undefined) return { kind: 'exited', code: result.exitCode };
  return { kind: 'not-started', message: result.shortMessage ?? 'the process did not start' };
}

/** A socket whose peer dies reports EPIPE or ECONNRESET; the exit shows the same, and better. */
function quiet(socket: Duplex): Duplex {
  socket.on('error', () => undefined);
  return socket;
}
