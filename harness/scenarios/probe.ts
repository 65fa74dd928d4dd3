// SPDX-License-Identifier: Apache-2.0
import type { Guest } from '../guest/client.js';
import { runInGuest, spawnInGuest } from '../guest/process.js';
import {
  runSealed,
  type SealedOptions,
  sealedPath,
  type SealedProcess,
  type SealedProgram,
  type SealedRun,
  spawnSealed,
} from '../guest/sealed.js';
import { argvOf, wholeOutputLines } from './process-end.js';

/** The programs of the probe: sealed before the agent is there, sharing nothing with it, not even an inode. */
export const probePrograms = {
  attempt: { name: 'attempt', fd: 100, standby: true },
  oracle: { name: 'oracle', fd: 101, standby: true },
  rehearse: { name: 'rehearse', fd: 102, standby: true },
  quiet: { name: 'quiet', fd: 103, standby: false },
  dynamic: { name: 'dynamic', fd: 104, standby: false },
} as const satisfies Record<string, SealedProgram>;

/** Where their bytes are read, and executed from by who is no child of PID 1. */
export const probePaths = {
  quiet: sealedPath(probePrograms.quiet),
  dynamic: sealedPath(probePrograms.dynamic),
} as const;

interface ProbeOptions extends SealedOptions {
  /**
   * The agent's own command that makes a process traced, put before the command line. The agent then executes the sealed
   * program, and nobody signs what is printed.
   */
  readonly enroll?: readonly string[];
}

/** The same by its path, executed by the agent's own command. */
function enrolled<T extends SealedOptions>(enroll: readonly string[], { program, args, ...more }: T) {
  return { argv: argvOf([...enroll, sealedPath(program), ...args]), ...more };
}

export async function runProbe(
  guest: Guest,
  options: ProbeOptions & { readonly timeout: number; readonly stdin?: string },
): Promise<SealedRun> {
  const { enroll = [], ...sealed } = options;
  if (enroll.length === 0) return runSealed(guest, sealed);
  const { end, stdout, stderr, truncated } = await runInGuest(guest, enrolled(enroll, sealed));
  return { end, lines: wholeOutputLines(stdout.toString()), stderr: stderr.toString(), whole: !truncated };
}

export async function spawnProbe(
  guest: Guest,
  options: ProbeOptions & { readonly stdout: string; readonly stderr?: string },
): Promise<SealedProcess> {
  const { enroll = [], ...sealed } = options;
  if (enroll.length === 0) return spawnSealed(guest, sealed);
  const pid = await spawnInGuest(guest, enrolled(enroll, sealed));
  return { pid, read: wholeOutputLines };
}
