// SPDX-License-Identifier: Apache-2.0
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { builtFor } from '../config/libbpf.js';
import type { Backend } from '../boot/backend.js';
import { UsageError } from '../model/errors.js';
import type { KernelId } from '../model/kernel.js';
import { kernelTarget } from '../model/kernel-name.js';
import { hostTarget, type Target } from '../target.js';
import { type ExaminedQemu, examineQemu } from './host.js';

/** What guests of one architecture are started with. */
export interface GuestHost extends ExaminedQemu {
  /** QEMU binary. */
  readonly qemu: string;
  /** Folder of what is built for it: guest/init, probe/, agent/. */
  readonly built: string;
}

/** The file on the host that is the dynamic loader of guests; `built` is that of their architecture. */
export function loaderFile(target: Target, built: string): string {
  return target === hostTarget ? target.loader : join(built, 'loader');
}

/** `qemu` and `built` are those for guests of the host's own architecture. */
export interface GuestHostOptions {
  readonly qemu: string;
  readonly built: string;
  readonly backend: Backend;
}

/**
 * What guests of an architecture are started with, QEMU examined.
 * @throws UsageError where nothing is built for it, or with a backend that has no such guests; InfraError without QEMU.
 */
async function guestHost(target: Target, options: GuestHostOptions, signal: AbortSignal): Promise<GuestHost> {
  const { backend } = options;
  if (target === hostTarget) {
    const { qemu, built } = options;
    return { qemu, built, ...(await examineQemu({ qemu, backend, target }, signal)) };
  }
  if (backend.kind !== 'qemu') {
    throw new UsageError({
      message: `--backend ${backend.kind} starts guests of this host's architecture, and ${target.title} is another`,
      next: 'leave --backend out',
    });
  }
  const built = builtFor(target, options.built);
  await assertBuilt(target, built);
  const { binary: qemu } = target.qemu;
  return { qemu, built, ...(await examineQemu({ qemu, backend, target }, signal)) };
}

/** What guests of several kernels are started with. */
export interface GuestHosts {
  readonly of: (kernel: KernelId) => GuestHost;
  /** QEMU's version, of the first of them; of guests of the host's own architecture without any. */
  readonly qemuVersion: string;
}

/** Of each of these kernels; every QEMU is examined once, before anything boots. */
export async function guestHosts(
  kernels: readonly KernelId[],
  options: GuestHostOptions,
  signal: AbortSignal,
): Promise<GuestHosts> {
  const [main = hostTarget, ...others] = new Set(kernels.map(kernelTarget));
  const hosts = new Map(
    await Promise.all(
      [main, ...others].map(async (target) => [target, await guestHost(target, options, signal)] as const),
    ),
  );
  const on = (target: Target): GuestHost => {
    const host = hosts.get(target);
    if (host === undefined) throw new Error(`run: nobody looked at what starts guests of ${target.title}`);
    return host;
  };
  return { of: (kernel) => on(kernelTarget(kernel)), qemuVersion: on(main).qemuVersion };
}

/** @throws UsageError where nothing is built for an architecture. */
export async function assertBuilt(target: Target, built: string): Promise<void> {
  const init = join(built, 'guest/init');
  await access(init).catch((cause: unknown) => {
    throw new UsageError({
      message: `${init} has not been built: nothing is there for guests of ${target.title}`,
      next: `run scripts/bootstrap ${target.name}`,
      cause,
    });
  });
}
