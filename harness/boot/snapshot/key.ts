// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { hashBytes } from '../../kernels/cache/hash.js';
import { type MachineSpec, qemuArgv } from '../qemu-argv.js';

/** Raised when a snapshot of an older harness must not be taken up by a newer one. */
export const snapshotFormat = 1;

export interface SnapshotOrigin {
  /** First line of `qemu --version`. */
  readonly qemuVersion: string;
  /** The binary, as it is called. */
  readonly qemu: string;
  readonly spec: MachineSpec;
  /** Of the kernel image and the initramfs, lower-case hex: a path says nothing about what lies there. */
  readonly kernelSha256: string;
  readonly initramfsSha256: string;
}

/**
 * The name of the snapshot of exactly this machine: all that decides what the guest's memory looks like, or whether
 * this QEMU can read it. Two machines with the same name are the same machine.
 */
export async function snapshotKey(origin: SnapshotOrigin): Promise<string> {
  const { qemu, qemuVersion, spec, kernelSha256, initramfsSha256 } = origin;
  const argv = qemuArgv({ ...spec, kernel: kernelSha256, initramfs: initramfsSha256 });
  const host = spec.accel === 'kvm' ? await hostCpu() : '';
  return hashBytes(JSON.stringify([snapshotFormat, qemu, qemuVersion, argv, host])).slice(0, 32);
}

/** Under KVM `-cpu max` is the host's processor; a cache may be carried to another host. */
async function hostCpu(): Promise<string> {
  const text = await readFile('/proc/cpuinfo', 'utf8');
  const [first = ''] = text.split('\n\n');
  return first
    .split('\n')
    .filter((line) => /^(vendor_id|cpu family|model|model name|stepping|microcode|flags)\s*:/.test(line))
    .join('\n');
}
