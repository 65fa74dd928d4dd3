import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { kernelCmdline } from '../boot/cmdline.js';
import { type Deadlines, deadlinesFor } from '../boot/deadlines.js';
import { Machine } from '../boot/machine.js';
import { Guest } from '../guest/client.js';
import { facts } from '../guest/facts.js';
import { buildInitramfs, type Initramfs } from '../images/initramfs.js';
import { InfraError } from '../model/errors.js';
import type { KernelPhase } from '../model/events.js';
import type { ObjectEvidence } from '../model/evidence.js';
import type { GuestFacts } from '../model/facts.js';
import type { ReadyKernel } from '../model/kernel.js';
import type { Accelerator, BootReport } from '../model/report.js';
import { consolePath } from '../results/paths.js';
import type { SessionFault, SessionResult } from '../results/session.js';
import { loadObject } from '../scenarios/load.js';
import type { AccelProvider, SessionContext } from './context.js';

/** What has been learned so far; a session that breaks keeps it. */
interface Progress {
  boot: BootReport | null;
  facts: GuestFacts | null;
  readonly objects: ObjectEvidence[];
  fault: SessionFault | null;
  console: string | null;
  notes: readonly string[];
}

/** One fresh VM: boots the kernel, asks for facts, loads every object. Broken machinery is data here, never a throw. */
export async function runSession(
  kernel: ReadyKernel,
  accelFor: AccelProvider,
  context: SessionContext,
): Promise<SessionResult> {
  const started = performance.now();
  const progress: Progress = { boot: null, facts: null, objects: [], fault: null, console: null, notes: [] };
  try {
    await bootAndAsk(kernel, accelFor, context, progress);
  } catch (error) {
    context.signal.throwIfAborted();
    progress.fault ??= faultOf(error);
  }
  return { identity: kernel.identity, ...progress, ms: Math.round(performance.now() - started) };
}

async function bootAndAsk(
  kernel: ReadyKernel,
  accelFor: AccelProvider,
  context: SessionContext,
  progress: Progress,
): Promise<void> {
  const { id } = kernel.identity;
  const phase = (name: KernelPhase, detail: string): void => {
    context.emit({ type: 'kernel-phase', kernel: id, phase: name, detail });
  };
  phase('image', 'initramfs');
  const [initramfs, accel] = await Promise.all([
    buildInitramfs({ init: context.init, kernel, cacheDir: context.cache, signal: context.signal }),
    accelFor(kernel.files.image),
  ]);
  progress.notes = initramfs.notes;
  phase('boot', accel);
  progress.console = consolePath(id);
  const launchedAt = performance.now();
  const deadlines = deadlinesFor(accel, context.timeout);
  const machine = await launch(kernel, initramfs, accel, deadlines, context);
  try {
    const guest = await machine.guard(
      Guest.connect(machine.rpc, {
        helloMs: deadlines.boot + deadlines.hello,
        requestMs: deadlines.request,
        signal: context.signal,
      }),
    );
    progress.boot = bootReport(machine, initramfs, context, performance.now() - launchedAt);
    phase('facts', '');
    progress.facts = await machine.guard(facts(guest, await configText(kernel)));
    for (const { identity, bytes } of context.objects) {
      phase('load', identity.name);
      progress.objects.push(
        await machine.guard(loadObject(guest, { name: identity.name, bytes, timeout: deadlines.load })),
      );
    }
  } catch (error) {
    progress.fault = { ...faultOf(error), consoleTail: machine.console.tail() };
  } finally {
    await machine.stop();
  }
}

async function launch(
  kernel: ReadyKernel,
  initramfs: Initramfs,
  accel: Accelerator,
  deadlines: Deadlines,
  context: SessionContext,
): Promise<Machine> {
  const console = join(context.out, consolePath(kernel.identity.id));
  await mkdir(dirname(console), { recursive: true });
  context.signal.throwIfAborted();
  return new Machine({
    subject: kernel.identity.id,
    qemu: context.qemu,
    spec: {
      accel,
      memory: context.memory,
      cpus: context.cpus,
      kernel: kernel.files.image,
      initramfs: initramfs.path,
      cmdline: kernelCmdline({ lsm: context.lsm, extra: context.append }),
    },
    consolePath: console,
    deadlines,
    signal: context.signal,
  });
}

async function configText(kernel: ReadyKernel): Promise<string | null> {
  return kernel.files.config === null ? null : readFile(kernel.files.config, 'utf8');
}

function bootReport(machine: Machine, initramfs: Initramfs, context: SessionContext, ms: number): BootReport {
  return {
    qemu: context.qemuVersion,
    accel: machine.accel,
    argv: [context.qemu, ...machine.argv],
    cmdline: kernelCmdline({ lsm: context.lsm, extra: context.append }),
    initramfsSha256: initramfs.sha256,
    modules: initramfs.modules,
    bootMs: Math.round(ms),
  };
}

function faultOf(error: unknown): SessionFault {
  if (error instanceof InfraError) {
    return { cause: error.infra, message: error.message, next: error.next ?? '', consoleTail: [] };
  }
  return {
    cause: 'HARNESS',
    message: error instanceof Error ? error.message : String(error),
    next: 'this is a fault of the harness: run again with --debug and report it',
    consoleTail: [],
  };
}
