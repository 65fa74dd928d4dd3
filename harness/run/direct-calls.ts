// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import type { Contract } from '../contracts/contract.js';
import type { ReadyKernel } from '../model/kernel.js';

/**
 * Can programs be attached to LSM hooks of a kernel, by its configuration? Where ftrace has the beginnings of functions and
 * no direct calls, register_fentry() (kernel/bpf/trampoline.c) is refused with ENOTSUPP. One without a configuration can.
 */
async function attachesHooks({ files }: ReadyKernel): Promise<boolean> {
  if (files.config === null) return true;
  const config = await readFile(files.config, 'utf8');
  const has = (option: string): boolean => new RegExp(`^CONFIG_${option}=y$`, 'm').test(config);
  return !has('DYNAMIC_FTRACE') || has('DYNAMIC_FTRACE_WITH_DIRECT_CALLS');
}

/** The contract with what it wants proved on this kernel. */
export async function contractOn(kernel: ReadyKernel, contract: Contract): Promise<Contract> {
  const { proofs, unattachable } = contract;
  if (unattachable === null || (await attachesHooks(kernel))) return contract;
  return {
    ...contract,
    hookless: true,
    proofs: (environment, offer) => (environment === 'lsm' ? unattachable(offer) : proofs(environment, offer)),
  };
}
