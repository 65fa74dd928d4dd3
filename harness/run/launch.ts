import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { kernelCmdline } from '../boot/cmdline.js';
import type { Deadlines } from '../boot/deadlines.js';
import { Machine } from '../boot/machine.js';
import type { Initramfs } from '../images/index.js';
import type { ReadyKernel } from '../model/kernel.js';
import type { Accelerator, BootReport } from '../model/report.js';
import type { SessionContext } from './context.js';

/** Everything that decides what boots. */
export interface LaunchPlan {
  readonly kernel: ReadyKernel;
  readonly initramfs: Initramfs;
  readonly accel: Accelerator;
  readonly deadlines: Deadlines;
}

/** Starts the machine of one session. `consoleLog` is relative to the report folder. */
export async function launch(plan: LaunchPlan, context: SessionContext, consoleLog: string): Promise<Machine> {
  const { kernel, initramfs, accel, deadlines } = plan;
  const { id } = kernel.identity;
  const console = join(context.out, consoleLog);
  await mkdir(dirname(console), { recursive: true });
  context.signal.throwIfAborted();
  const machine = new Machine({
    subject: id,
    qemu: context.qemu,
    spec: {
      accel,
      memory: context.memory,
      cpus: context.cpus,
      kernel: kernel.files.image,
      initramfs: initramfs.path,
      cmdline: cmdlineOf(context),
    },
    consolePath: console,
    deadlines,
    signal: context.signal,
  });
  context.debug(`${id}: ${[context.qemu, ...machine.argv].map(quoted).join(' ')}`);
  return machine;
}

/** How a machine was booted; `ms` from its start to the guest's hello. */
export function bootReport(plan: LaunchPlan, machine: Machine, context: SessionContext, ms: number): BootReport {
  return {
    qemu: context.qemuVersion,
    accel: plan.accel,
    argv: [context.qemu, ...machine.argv],
    cmdline: cmdlineOf(context),
    initramfsSha256: plan.initramfs.sha256,
    modules: plan.initramfs.modules,
    bootMs: Math.round(ms),
  };
}

function cmdlineOf({ lsm, append }: SessionContext): string {
  return kernelCmdline({ lsm, extra: append });
}

/** A word as a shell takes it back. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
