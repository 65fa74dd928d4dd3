// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import type { Contract } from '../contracts/contract.js';
import { attachesHooks } from '../model/hook-attachment.js';
import type { ReadyKernel } from '../model/kernel.js';

/** By its configuration; one without a configuration can. */
async function attachesHooksBy({ files }: ReadyKernel): Promise<boolean> {
  if (files.config === null) return true;
  const config = await readFile(files.config, 'utf8');
  return attachesHooks((option) => (new RegExp(`^${option}=y$`, 'm').test(config) ? 'y' : 'n'));
}

/** The contract with what it wants proved on this kernel. */
export async function contractOn(kernel: ReadyKernel, contract: Contract): Promise<Contract> {
  const { proofs, unattachable } = contract;
  if (unattachable === null || (await attachesHooksBy(kernel))) return contract;
  return {
    ...contract,
    hookless: true,
    proofs: (environment, offer) => (environment === 'lsm' ? unattachable(offer) : proofs(environment, offer)),
  };
}
