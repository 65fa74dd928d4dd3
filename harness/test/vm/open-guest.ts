// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noExpectations } from '../../model/expectation.js';
import { kernelTarget } from '../../model/kernel-name.js';
import { defaultLsm } from '../../boot/cmdline.js';
import type { Machine } from '../../boot/machine.js';
import { SnapshotStore } from '../../boot/snapshot/store.js';
import { builtFor } from '../../config/libbpf.js';
import { snapshotLimit } from '../../config/values.js';
import type { Guest } from '../../guest/client.js';
import { cacheFolder } from '../../kernels/index.js';
import type { SessionContext } from '../../run/context.js';
import { examineQemu } from '../../run/host.js';
import type { LiveGuest } from '../../run/launch.js';
import { type MachineLife, withMachine } from '../../run/machine-session.js';
import { qemuFor, readyKernel } from './boot.js';
import type { Target } from '../../target.js';

/** A guest of its own for a test, with the machine that it runs in. Call `stop` in any case. */
export interface OpenGuest {
  readonly machine: Machine;
  readonly guest: Guest;
  readonly stop: () => Promise<void>;
}

/** Milliseconds that a machine may live: a whole test file, on a busy host. */
const vmMs = 600_000;

/**
 * A fresh guest as `bpf-matrix` provides it under TCG: it goes on from the kernel's snapshot in the cache, or boots and
 * leaves one. For tests whose question is not the boot; `boot` is for the others. Throws what kept it from answering.
 */
export async function openGuest(id: string, lsm: readonly string[] = defaultLsm): Promise<OpenGuest> {
  const [kernel, out] = await Promise.all([readyKernel(id), mkdtemp(join(tmpdir(), 'guest-test-'))]);
  const context = await contextOf(kernelTarget(id), out, lsm);
  let close!: () => void;
  const closed = new Promise<void>((resolve) => (close = resolve));
  let life!: Promise<MachineLife>;
  const stop = async (): Promise<void> => {
    close();
    await life;
    await rm(out, { recursive: true, force: true });
  };
  try {
    const { machine, guest } = await new Promise<LiveGuest>((resolve, reject) => {
      const accelFor = () => Promise.resolve('tcg' as const);
      life = withMachine({ kernel, accelFor, context, lsm, name: '' }, (live) => {
        resolve(live);
        return closed;
      });
      void life.then(({ fault }) => {
        reject(new Error(`${id}: ${fault?.cause ?? 'ended'}: ${fault?.message ?? ''}`));
      }, reject);
    });
    return { machine, guest, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What the command line gives a machine when nobody says otherwise: the snapshots are the same. */
async function contextOf(target: Target, out: string, lsm: readonly string[]): Promise<SessionContext> {
  const cache = cacheFolder();
  const { signal } = new AbortController();
  const qemu = qemuFor(target);
  const backend = { kind: 'qemu' } as const;
  return {
    qemu,
    ...(await examineQemu({ qemu, backend, target }, signal)),
    backend,
    built: builtFor(target, 'build'),
    cache,
    snapshots: new SnapshotStore(cache, snapshotLimit(process.env)),
    out,
    lsm,
    append: [],
    programs: null,
    expectations: noExpectations,
    memory: 256,
    cpus: 1,
    timeout: vmMs,
    objects: [],
    withoutCapabilities: [],
    costs: { kind: 'none' },
    signal,
    emit: () => undefined,
    debug: () => undefined,
  };
}
