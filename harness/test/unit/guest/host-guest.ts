// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { Guest } from '../../../guest/client.js';
import { startManaged, type ManagedProcess } from '../../../proc/managed.js';
import { runProgram } from '../../../proc/run.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const binary = join(root, 'build/guest/host-guest');

/** Builds the guest as an ordinary program; the same C as PID 1, without its set-up. */
export async function buildHostGuest(): Promise<void> {
  const { exitCode, stdout, stderr } = await runProgram('make', ['-C', join(root, 'bpf'), '-j2', binary]);
  expect(exitCode, stdout + stderr).toBe(0);
}

/** A guest that runs on this machine, with a folder of its own. */
export interface HostGuest {
  readonly folder: string;
  readonly process: ManagedProcess;
  /** Raw bytes; do not use both this and `guest`. */
  readonly port: Duplex;
  connect(): Promise<Guest>;
  stop(): Promise<void>;
}

export async function startHostGuest(): Promise<HostGuest> {
  const folder = await mkdtemp(join(tmpdir(), 'host-guest-'));
  const process = startManaged(binary, [folder], 1);
  const port = process.sockets[0]!;
  return {
    folder,
    process,
    port,
    connect: () => Guest.connect(port, { helloMs: 5000, requestMs: 5000 }),
    stop: async () => {
      await process.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
