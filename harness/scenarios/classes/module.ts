// SPDX-License-Identifier: Apache-2.0
import { realModule } from '../guest-places.js';
import { deniedScenario, attemptFromExempt, ruleEvent, scenarioClass } from '../language.js';
import type { ProbeOperation } from '../scenario.js';

/** Loading kernel modules, which `[deny_module_load]` forbids to all but an exempt cgroup. */
export const module = scenarioClass('module', () => {
  const operation = (name: string, ...one: ProbeOperation) =>
    deniedScenario(name, {
      rules: ['deny_module_load', 'allow_cgroup'],
      attempt: one,
      neighbour: attemptFromExempt(...one),
      event: ruleEvent,
      // Superseded releases come without their modules package.
      optional: true,
    });
  return {
    arrange: [],
    inodes: [],
    rules: () => ({ deny_module_load: [], allow_cgroup: ['/exempt'] }),
    scenarios: [
      operation('finit_module of a real module', 'finit-module', realModule),
      operation('init_module of a real module', 'init-module', realModule),
    ],
  };
});
