// SPDX-License-Identifier: Apache-2.0
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { kernelCmdline } from '../boot/cmdline.js';
import { bootDeadlines, type Deadlines } from '../boot/deadlines.js';
import { Machine } from '../boot/machine.js';
import type { MachineSpec } from '../boot/qemu-argv.js';
import type { Guest } from '../guest/client.js';
import { buildInitramfs, type Initramfs } from '../images/index.js';
import type { ReadyKernel } from '../model/kernel.js';
import type { Accelerator, BootReport } from '../model/report.js';
import { kernelTarget } from '../model/kernel-name.js';
import { shellWord } from '../proc/shell-quote.js';
import type { AccelProvider, SessionContext } from './context.js';

/** What a machine is planned for. */
export interface LaunchRequest {
  readonly kernel: ReadyKernel;
  readonly accelFor: AccelProvider;
  readonly context: SessionContext;
}

/** Everything that decides what boots. */
export interface LaunchPlan {
  readonly kernel: ReadyKernel;
  readonly initramfs: Initramfs;
  readonly accel: Accelerator;
  readonly deadlines: Deadlines;
}

/** A guest that has said hello, with what guards it and what it may take. */
export interface LiveGuest {
  readonly guest: Guest;
  readonly machine: Machine;
  readonly plan: LaunchPlan;
}

/** Plans one. Throws what {@link buildInitramfs} does. */
export async function planLaunch({ kernel, accelFor, context }: LaunchRequest): Promise<LaunchPlan> {
  const { built, cache: cacheDir, signal, timeout } = context;
  const [initramfs, accel] = await Promise.all([
    buildInitramfs({ init: join(built, 'guest/init'), kernel, cacheDir, signal }),
    accelFor(kernel),
  ]);
  return { kernel, initramfs, accel, deadlines: bootDeadlines(accel, timeout) };
}

/** The machine of a plan. */
export function machineSpecOf({ kernel, initramfs, accel }: LaunchPlan, context: SessionContext): MachineSpec {
  return {
    target: kernelTarget(kernel.identity.id),
    accel,
    memory: context.memory,
    cpus: context.cpus,
    kernel: kernel.files.image,
    initramfs: initramfs.path,
    cmdline: launchCmdline(kernel, context),
    sandbox: context.sandbox,
  };
}

/**
 * Starts the machine of one session. `consoleLog` is relative to the report folder. `restored` is the console of the
 * boot that it goes on from; null boots.
 */
export async function launchMachine(
  plan: LaunchPlan,
  context: SessionContext,
  { consoleLog, restored }: { readonly consoleLog: string; readonly restored: Uint8Array | null },
): Promise<Machine> {
  const { id } = plan.kernel.identity;
  const console = join(context.out, consoleLog);
  await mkdir(dirname(console), { recursive: true });
  context.signal.throwIfAborted();
  const machine = new Machine({
    label: id,
    qemu: context.qemu,
    spec: machineSpecOf(plan, context),
    backend: context.backend,
    consolePath: console,
    deadlines: plan.deadlines,
    signal: context.signal,
    restored,
  });
  const how = restored === null ? '' : ' (restored)';
  context.debug(`${id}${how}: ${machine.command.map(shellWord).join(' ')}`);
  return machine;
}

/** How a machine came up; `ms` from QEMU's start to the guest's hello. */
export function bootReport(
  plan: LaunchPlan,
  machine: Machine,
  context: SessionContext,
  { start, ms }: { readonly start: BootReport['start']; readonly ms: number },
): BootReport {
  return {
    qemu: context.qemuVersion,
    accel: plan.accel,
    start,
    argv: machine.command,
    cmdline: launchCmdline(plan.kernel, context),
    initramfsSha256: plan.initramfs.sha256,
    modules: plan.initramfs.modules,
    bootMs: Math.round(ms),
  };
}

/** The kernel command line of a session. */
export function launchCmdline({ identity }: ReadyKernel, { lsm, append }: SessionContext): string {
  return kernelCmdline({ target: kernelTarget(identity.id), lsm, extra: append });
}
