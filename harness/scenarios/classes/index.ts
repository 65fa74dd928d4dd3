// SPDX-License-Identifier: Apache-2.0
import { assertNever } from '../../model/assert-never.js';
import type { AttemptSet } from '../../contracts/proof.js';
import type { Scenario, ScenarioClass } from '../scenario.js';
import { bpf } from './bpf.js';
import { exec } from './exec.js';
import { file } from './file.js';
import { module } from './module.js';
import { network } from './network.js';
import { observedFile } from './observed-file.js';
import { observedNetwork } from './observed-network.js';
import { partOfClass } from './part.js';
import { bypass } from './bypass.js';
import { posture } from './posture.js';
import { ptrace } from './ptrace.js';

/** Classes of attempts that rules deny, in the order of the reports. */
export const denialClasses: readonly ScenarioClass[] = [file, exec, ptrace, module, bpf, network, bypass, posture];

/** The part of a class that has to do with tracepoints: what they catch, and what they are known not to see. */
function fallbackPart(whole: ScenarioClass): ScenarioClass {
  return partOfClass(whole, (one) => one.kind === 'allowed' || fallbackOf(one) !== null);
}

function fallbackOf(scenario: Scenario) {
  return scenario.kind === 'denied' ? scenario.fallback : null;
}

/** Classes whose rules no signal can serve would keep the fallback from being possible at all. */
export const fallbackClasses: readonly ScenarioClass[] = [file, exec, network, bypass, posture].map(fallbackPart);

/** One attempt of each kind: open, exec, connect, sendto. */
const essentialNames = [
  'open(2) for reading',
  'execve',
  'TCP connect to a denied IPv4 address',
  'sendto a denied address',
];

export const essentialClasses: readonly ScenarioClass[] = [file, exec, network].map((whole) => {
  const part = partOfClass(whole, (one) => essentialNames.includes(one.name));
  return {
    ...part,
    in: (folder, target) => {
      const content = part.in(folder, target);
      // A scenario under a new name must not drop out of this proof in silence.
      if (content.scenarios.length === 0)
        throw new Error(`scenarios: ${whole.class} has none of the essential attempts`);
      return content;
    },
  };
});

/** What an agent that denies nothing has to report. */
export const observedClasses: readonly ScenarioClass[] = [observedFile, observedNetwork];

export function classesOf(set: AttemptSet): readonly ScenarioClass[] {
  switch (set) {
    case 'all':
      return denialClasses;
    case 'tracepoints':
      return fallbackClasses;
    case 'essential':
      return essentialClasses;
    case 'observed':
      return observedClasses;
    default:
      return assertNever(set);
  }
}
