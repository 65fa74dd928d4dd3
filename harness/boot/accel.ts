// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Accelerator } from '../model/report.js';
import { InfraError } from '../model/errors.js';
import { withScratchFolder } from '../proc/temp.js';
import { hostTarget, type Target } from '../target.js';
import { kernelCmdline } from './cmdline.js';
import type { KvmMemo, KvmProof } from './kvm-memo.js';
import { Machine } from './machine.js';

/** Milliseconds from QEMU's start to the kernel's banner; real KVM needs a fraction of it. */
const proofLimit = 1800;

export type AccelRequest = 'auto' | Accelerator;

export interface AccelChoice {
  readonly accel: Accelerator;
  /** Why `auto` did not take KVM, in as many words as it takes; null when there is nothing to say. */
  readonly obstacle: string | null;
}

/** One short line for who waits for emulated machines; the obstacle is in run.json and `doctor`. */
export const emulatedNotice = 'KVM does not work here, machines are emulated (slower); `doctor` says why';

export interface ProofOptions {
  readonly qemu: string;
  /** As the machines are that it is proved for. */
  readonly sandbox: boolean;
  /** Any kernel image at hand, and its architecture. */
  readonly kernel: string;
  readonly target: Target;
  readonly signal: AbortSignal;
  /** Where a proof is remembered; null proves anew. KVM that is asked for by name is always proved anew. */
  readonly memo: KvmMemo | null;
  /** Replaced in tests. */
  readonly device?: string;
}

/**
 * Decides the accelerator. /dev/kvm may exist, open and even create a VM, and still be useless (nested without the
 * right MSRs); only a kernel that prints its banner under KVM proves it. What the host cannot run itself is emulated, and
 * nothing has to be said of it.
 *
 * @throws InfraError when KVM was asked for by name and does not work
 */
export async function chooseAccel(request: AccelRequest, options: ProofOptions): Promise<AccelChoice> {
  if (request === 'tcg' || (request === 'auto' && options.target !== hostTarget))
    return { accel: 'tcg', obstacle: null };
  const obstacle = await kvmObstacle({ ...options, memo: request === 'kvm' ? null : options.memo });
  if (obstacle === null) return { accel: 'kvm', obstacle: null };
  if (request === 'kvm') {
    throw new InfraError('QEMU_START', {
      message: `boot: KVM was asked for and does not work: ${obstacle}`,
      next: 'use --accel auto, or --accel tcg to emulate',
    });
  }
  return { accel: 'tcg', obstacle };
}

/** Null when a kernel booted under KVM; else one line that says what kept it from doing so. */
async function kvmObstacle(options: ProofOptions): Promise<string | null> {
  const device = options.device ?? '/dev/kvm';
  try {
    await access(device, constants.R_OK | constants.W_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === 'ENOENT' ? `there is no ${device}` : `${device} may not be opened (${code ?? 'unknown error'})`;
  }
  const known = await options.memo?.recall();
  if (known) return known.obstacle;
  const proof = await bootUnderKvm(options);
  await options.memo?.remember(proof);
  return proof.obstacle;
}

async function bootUnderKvm({ qemu, sandbox, kernel, target, signal }: ProofOptions): Promise<KvmProof> {
  return withScratchFolder('kvm', async (folder) => {
    const machine = new Machine({
      label: 'KVM proof',
      qemu,
      spec: {
        target,
        accel: 'kvm',
        memory: 256,
        cpus: 1,
        sandbox,
        kernel,
        initramfs: null,
        cmdline: kernelCmdline({ target, lsm: [], extra: [] }),
      },
      consolePath: join(folder, 'console.log'),
      deadlines: { boot: proofLimit, vm: proofLimit },
      signal,
    });
    try {
      await machine.guard(machine.banner);
      return { obstacle: null, silent: false };
    } catch (error) {
      if (!(error instanceof InfraError)) throw error;
      const silent = error.infra === 'BOOT_TIMEOUT' || error.infra === 'VM_TIMEOUT';
      return { obstacle: error.message.replace(/^boot: KVM proof: /, ''), silent };
    } finally {
      await machine.stop();
    }
  });
}
