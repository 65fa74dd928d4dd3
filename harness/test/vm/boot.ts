// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtFor } from '../../config/libbpf.js';
import { kernelCmdline, defaultLsm } from '../../boot/cmdline.js';
import { Machine } from '../../boot/machine.js';
import { Guest } from '../../guest/client.js';
import { buildInitramfs } from '../../images/index.js';
import { cacheFolder, openKernelContext, resolveKernel } from '../../kernels/index.js';
import type { ReadyKernel } from '../../model/kernel.js';
import { kernelTarget } from '../../model/kernel-name.js';
import { examineQemu } from '../../run/host.js';
import { hostTarget, type Target } from '../../target.js';

export interface BootOptions {
  readonly lsm?: readonly string[];
  readonly append?: readonly string[];
  /** Virtual CPUs; 1 when left out. */
  readonly cpus?: number;
  /** Static program that becomes /init. */
  readonly init?: string;
  /** Milliseconds for the whole machine. */
  readonly vmMs?: number;
  /** Milliseconds from QEMU's start to the hello. */
  readonly helloMs?: number;
}

/** A machine and the guest in it, for tests that speak to the guest themselves. Call `stop` in any case. */
export interface Booted {
  readonly machine: Machine;
  /** Rejects with what kept the guest from saying hello. */
  readonly guest: Promise<Guest>;
  readonly stop: () => Promise<void>;
}

/** The kernel from the cache, or fetched. Throws with what was tried when it cannot be had. */
export async function readyKernel(id: string): Promise<ReadyKernel> {
  const context = await openKernelContext();
  try {
    const kernel = await resolveKernel(id, context);
    if (kernel.status === 'unavailable') throw new Error([kernel.detail, ...kernel.tried].join('\n'));
    return kernel;
  } finally {
    await context.close();
  }
}

/** As the command line has it: BPF_MATRIX_QEMU is that of the host's own guests. */
export function qemuFor(target: Target): string {
  const named = target === hostTarget ? process.env['BPF_MATRIX_QEMU'] : undefined;
  return named ?? target.qemu.binary;
}

/** Boots a kernel under TCG with our guest in it. */
export async function boot(id: string, options: BootOptions = {}): Promise<Booted> {
  const kernel = await readyKernel(id);
  const target = kernelTarget(id);
  const init = options.init ?? join(builtFor(target, 'build'), 'guest/init');
  const initramfs = await buildInitramfs({ init, kernel, cacheDir: cacheFolder() });
  const folder = await mkdtemp(join(tmpdir(), 'boot-test-'));
  const signal = new AbortController().signal;
  const helloMs = options.helloMs ?? 90_000;
  const qemu = qemuFor(target);
  const { sandbox } = await examineQemu({ qemu, backend: { kind: 'qemu' }, target }, signal);
  const machine = new Machine({
    label: id,
    qemu,
    spec: {
      sandbox,
      target,
      accel: 'tcg',
      memory: 256,
      cpus: options.cpus ?? 1,
      kernel: kernel.files.image,
      initramfs: initramfs.path,
      cmdline: kernelCmdline({ target, lsm: options.lsm ?? defaultLsm, extra: options.append ?? [] }),
    },
    consolePath: join(folder, 'console.log'),
    deadlines: { boot: 60_000, vm: options.vmMs ?? 170_000 },
    signal,
  });
  const guest = machine.guard(Guest.connect(machine.rpc, { helloMs, requestMs: 30_000 }));
  guest.catch(() => undefined);
  return {
    machine,
    guest,
    stop: async () => {
      await machine.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
