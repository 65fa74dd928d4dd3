// SPDX-License-Identifier: Apache-2.0
import type { AgentConventions } from '../model/agent-conventions.js';
import { aegis } from './aegis/index.js';
import type { Contract } from './contract.js';

/** Every contract there is; the first is the one of an agent whose configuration names none. */
const contracts: readonly [Contract, ...Contract[]] = [aegis];

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

/** Is something enforced in a state of this name, in whichever contract has it. */
export function isEnforcingState(state: string): boolean {
  return contracts.some(({ states }) => Object.hasOwn(states, state) && states[state]?.enforces === true);
}
