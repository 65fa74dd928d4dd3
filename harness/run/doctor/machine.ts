// SPDX-License-Identifier: Apache-2.0
import { chooseAccel } from '../../boot/accel.js';
import { kvmMemo } from '../../boot/kvm-memo.js';
import type { HostCheck } from '../../model/doctor.js';
import { InfraError } from '../../model/errors.js';
import type { ReadyKernel } from '../../model/kernel.js';
import { kernelTarget } from '../../model/kernel-name.js';
import { hostTarget, type Target } from '../../target.js';
import { type ExaminedQemu, examineQemu, withoutSandbox } from '../host.js';
import { vngVersion } from '../vng.js';

/** What starts machines here. */
export interface MachineHostOptions {
  readonly qemu: string;
  /** The architecture of its guests. */
  readonly target: Target;
  readonly vng: string;
  readonly cache: string;
  readonly signal: AbortSignal;
}

export interface QemuCheck extends HostCheck {
  /** Null where it cannot be run. */
  readonly examined: ExaminedQemu | null;
}

export async function qemuCheck({
  qemu,
  target,
  signal,
}: Omit<MachineHostOptions, 'cache' | 'vng'>): Promise<QemuCheck> {
  const name = target === hostTarget ? 'qemu' : `qemu, ${target.name}`;
  try {
    const examined = await examineQemu({ qemu, backend: { kind: 'qemu' }, target }, signal);
    const { qemuVersion, sandbox } = examined;
    const detail = sandbox ? `${qemuVersion}, in its sandbox` : `${qemuVersion}; ${withoutSandbox}`;
    return { name, state: 'ok', detail, next: null, examined };
  } catch (error) {
    return { name, state: 'missing', ...describe(error, signal), examined: null };
  }
}

/** Only a kernel that boots under KVM proves it. `kernel`: one that is here already; null proves nothing. */
export async function kvmCheck(
  kernel: ReadyKernel | null,
  examined: ExaminedQemu | null,
  { qemu, cache, signal }: Omit<MachineHostOptions, 'target' | 'vng'>,
): Promise<HostCheck> {
  const name = 'kvm';
  if (examined === null) return { name, state: 'slow', detail: 'not proved: there is no QEMU', next: null };
  if (kernel === null) {
    const next = 'fetch a kernel and ask again: kernels fetch 6.12';
    return { name, state: 'slow', detail: 'not proved: no kernel is here yet to boot under it', next };
  }
  const kernelSha256 = kernel.identity.imageSha256;
  const memo = await kvmMemo({ cacheDir: cache, qemu, qemuVersion: examined.qemuVersion, kernelSha256 });
  const proof = {
    ...examined,
    target: kernelTarget(kernel.identity.id),
    qemu,
    kernel: kernel.files.image,
    memo,
    signal,
  };
  const { accel, obstacle } = await chooseAccel('auto', proof);
  if (accel === 'kvm') return { name, state: 'ok', detail: `proved: ${kernel.identity.id} boots under it`, next: null };
  const why = obstacle ?? 'it does not work';
  return { name, state: 'slow', detail: `${why}; machines are emulated (TCG)`, next: kvmStep(why) };
}

function kvmStep(why: string): string {
  if (why.startsWith('there is no')) {
    return 'nothing to do where the host cannot have it; else load kvm_intel or kvm_amd, or pass nested KVM through';
  }
  if (why.includes('may not be opened'))
    return 'sudo usermod -aG kvm $USER, then log in again; in CI: sudo chmod 666 /dev/kvm';
  return 'nothing to do: this host offers KVM and cannot run a kernel under it';
}

/** Optional: `--backend virtme-ng`. */
export async function vngCheck({ vng, signal }: Pick<MachineHostOptions, 'signal' | 'vng'>): Promise<HostCheck> {
  const name = 'virtme-ng';
  try {
    return { name, state: 'ok', detail: await vngVersion(vng, signal), next: null };
  } catch (error) {
    const { detail } = describe(error, signal);
    const why = detail.replace(/^--backend virtme-ng: /, '');
    return { name, state: 'ok', detail: `${why}; only --backend virtme-ng needs it`, next: null };
  }
}

function describe(error: unknown, signal: AbortSignal): Pick<HostCheck, 'detail' | 'next'> {
  signal.throwIfAborted();
  if (!(error instanceof InfraError)) throw error;
  return { detail: error.message.replace(/^boot: /, ''), next: error.next ?? null };
}
