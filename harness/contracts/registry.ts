// SPDX-License-Identifier: Apache-2.0
import type { AgentConventions } from '../model/agent-conventions.js';
import type { Environment } from '../model/check.js';
import { aegis } from './aegis/index.js';
import { audit } from './audit/index.js';
import type { Contract } from './contract.js';

/** Every contract there is; the first is the one of an agent whose configuration names none. */
const contracts: readonly [Contract, ...Contract[]] = [aegis, audit];

export const defaultContract: Contract = contracts[0];

/** As much of each as reading a configuration needs, in the same order. */
export const conventions: readonly [AgentConventions, ...AgentConventions[]] = [
  defaultContract.conventions,
  ...contracts.slice(1).map((one) => one.conventions),
];

/** @throws Error for a name that no configuration can have: the schema refuses it. */
export function contractNamed(name: string): Contract {
  const found = contracts.find((one) => one.name === name);
  if (found === undefined) throw new Error(`contracts: there is no contract ${name}`);
  return found;
}

/** What a machine is called: `no-lsm`, and of another contract than the default one `audit no-lsm`. */
export function machineLabel({ contract, environment }: MachineOf): string {
  return contract === defaultContract.name ? environment : `${contract} ${environment}`;
}

/** The other way round. */
export function machineCalled(label: string): MachineOf {
  const words = label.split(' ');
  const environment = words.pop() as Environment;
  return { contract: words.length === 0 ? defaultContract.name : words.join(' '), environment };
}

interface MachineOf {
  readonly contract: string;
  readonly environment: Environment;
}
