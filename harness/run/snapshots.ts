// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine } from '../boot/machine.js';
import { type Frozen, freezeMachine } from '../boot/snapshot/freeze.js';
import { snapshotKey } from '../boot/snapshot/key.js';
import type { Snapshot } from '../boot/snapshot/store.js';
import { thawMachine, ThawError } from '../boot/snapshot/thaw.js';
import { Guest, type GuestOptions } from '../guest/client.js';
import { withDeadline } from '../proc/deadline.js';
import { freeSpace } from '../proc/disk.js';
import type { SessionContext } from './context.js';
import { launchCmdline, type LaunchPlan, type LiveGuest, machineSpecOf } from './launch.js';

/**
 * Milliseconds from QEMU's start to a guest that answers, of the time that QEMU could run. Of 214 on hosts that were shared
 * by up to six, by the wall clock: half within 0.6 s, 99 of 100 within 4.9 s, all within 5.1 s. A few of several hundred
 * never answered; a cold boot costs them less than a longer wait.
 */
const thawLimit = 12_000;

/** The name of a plan's snapshot; null where none may be used. */
export async function planSnapshotKey(plan: LaunchPlan, context: SessionContext): Promise<string | null> {
  if (context.snapshots === null) return null;
  return snapshotKey({
    qemu: context.qemu,
    qemuVersion: context.qemuVersion,
    spec: machineSpecOf(plan, context),
    kernelSha256: plan.kernel.identity.imageSha256,
    initramfsSha256: plan.initramfs.sha256,
  });
}

/** Finds the snapshot and opens it; one that is damaged is dropped, and said. */
export async function openSnapshot(key: string, plan: LaunchPlan, context: SessionContext): Promise<Snapshot | null> {
  const found = await context.snapshots?.find(key);
  if (found?.kind === 'hit') return found.snapshot;
  if (found?.kind === 'damaged') await dropSnapshot(key, found.why, plan, context);
  return null;
}

/** Reports why a snapshot goes, and that nothing is lost but time. */
export async function dropSnapshot(key: string, why: string, plan: LaunchPlan, context: SessionContext): Promise<void> {
  await context.snapshots?.drop(key);
  const { id } = plan.kernel.identity;
  context.emit({ type: 'notice', text: `${id}: a snapshot is dropped and the kernel booted cold: ${why}` });
}

/** Lets a frozen guest go on in a machine that waits for it, and hears from it. Throws what kept it from that. */
export async function wakeSnapshot(
  machine: Machine,
  snapshot: Snapshot,
  options: GuestOptions & { readonly signal: AbortSignal },
): Promise<Guest> {
  const { signal } = options;
  const woken = async (): Promise<Guest> => {
    await thawMachine(machine, snapshot, signal);
    const guest = await Guest.resume(machine.rpc, options);
    if (isDeepStrictEqual({ ...guest.hello }, snapshot.about.hello)) return guest;
    throw new ThawError('another guest answers than the one that was frozen');
  };
  return machine.guard(
    withDeadline('answer of the restored guest', thawLimit, woken(), { signal, clock: machine.clock }),
  );
}

/**
 * Freezes a guest that has just said hello, for the sessions to come. False when its machine did not outlive it; why a
 * snapshot could not be kept is reported once a run.
 */
export async function keepSnapshot(
  key: string,
  { machine, guest, plan }: Pick<LiveGuest, 'machine' | 'guest' | 'plan'>,
  context: SessionContext,
  consoleLog: string,
): Promise<boolean> {
  const { snapshots, signal } = context;
  if (snapshots === null) return true;
  let frozen: Frozen = { kind: 'failed', why: 'the cache folder cannot be written' };
  const console = async (): Promise<Uint8Array> => {
    await machine.console.flushed();
    if (!machine.sound) throw new Error('its kernel complained while it booted');
    return readFile(join(context.out, consoleLog));
  };
  try {
    await snapshots.keep(
      key,
      { machine: describeMachine(plan, context), hello: guest.hello, console },
      async (memory) => {
        frozen = await freezeMachine(machine, memory, signal);
        if (frozen.kind !== 'kept') throw new Error(frozen.why);
        return frozen.sha256;
      },
    );
  } catch (error) {
    signal.throwIfAborted();
    snapshots.giveUp();
    const why = error instanceof Error ? error.message : String(error);
    const text = `${plan.kernel.identity.id}: no snapshot is kept, later runs boot cold: ${why} (${await freeSpace(context.cache)})`;
    context.emit({ type: 'notice', text });
  }
  return (frozen as Frozen).kind !== 'lost';
}

function describeMachine(plan: LaunchPlan, context: SessionContext): string {
  const { id, version } = plan.kernel.identity;
  return [id, version ?? 'a file', plan.accel, launchCmdline(plan.kernel, context)].join(', ');
}
