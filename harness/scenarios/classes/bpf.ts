// SPDX-License-Identifier: Apache-2.0
import { deniedScenario, attemptFromExempt, ruleEvent, scenarioClass } from '../language.js';
import type { ProbeOperation } from '../scenario.js';

/** bpf(2) itself, which `[deny_bpf]` forbids to everybody but the agent and an exempt cgroup. */
export const bpf = scenarioClass('bpf', (t) => {
  const pin = `/sys/fs/bpf/pin${t.replaceAll('/', '-')}`;
  const operation = (name: string, ...one: ProbeOperation) =>
    deniedScenario(name, {
      rules: ['deny_bpf', 'allow_cgroup'],
      attempt: one,
      neighbour: attemptFromExempt(...one),
      event: ruleEvent,
    });
  return {
    arrange: [['bpf-pin', pin]],
    inodes: [],
    rules: () => ({ deny_bpf: [], allow_cgroup: ['/exempt'] }),
    scenarios: [
      operation('creating a map', 'bpf-map'),
      operation('loading a program', 'bpf-prog'),
      operation('getting a pinned map', 'bpf-get', pin),
    ],
  };
});
