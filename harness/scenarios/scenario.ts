// SPDX-License-Identifier: Apache-2.0
import type { EventSubject, InodeOf, PolicyRules } from '../contracts/contract.js';
import type { RuleKind } from '../model/agent.js';
import type { CheckClass } from '../model/check.js';
import type { Target } from '../target.js';

/*
 * What a scenario is. A class of scenarios is a function of the folder its files live in; it states what has to be there,
 * which rules the policy has, and what is denied by them. Everything else, controls, audit, neighbours, events, follows
 * from that, alike for every class.
 */

/** An operation of the guest's `attempt` program with its arguments (bpf/probe). */
export type ProbeOperation = readonly [string, ...string[]];

export interface Attempt {
  readonly operation: ProbeOperation;
  /** A cgroup the attempt begins in; null stays in the root cgroup, where nothing is exempt. */
  readonly cgroup: string | null;
  /** The name of its process; null for the probe's own. */
  readonly comm: string | null;
  /** Is it done by a process that an agent which only looks at some is told to look at. */
  readonly traced: boolean;
}

export interface Denial {
  readonly kind: 'denied';
  readonly name: string;
  /** Kinds of rule without which there is nothing to prove. */
  readonly rules: readonly RuleKind[];
  readonly attempt: Attempt;
  /** The same beside the rule; null only where there is no such thing. */
  readonly neighbour: Attempt | null;
  /** Null where nothing reports it. */
  readonly event: EventSubject | null;
  /** Errno where nobody objects; 0 unless the operation cannot succeed. */
  readonly free: number;
  /** Errno of the denial; EPERM unless the kernel turns it into another one on its way. */
  readonly refusal: number;
  /** May the kernel be without it. */
  readonly optional: boolean;
  /** Without the BPF LSM: met by a signal, out of a tracepoint's sight with the reason why, or not asked. */
  readonly fallback: 'signal' | { readonly uncovered: string } | null;
}

/** An attempt that nothing covers, not even with the BPF LSM: written down, so that an improvement shows. */
export interface Uncovered {
  readonly kind: 'uncovered';
  readonly name: string;
  readonly rules: readonly RuleKind[];
  readonly attempt: Attempt;
  readonly why: string;
  readonly free: number;
  readonly optional: boolean;
}

/** An attempt that a rule speaks of and nobody may stop all the same: an exempt cgroup, a file no rule may take away. */
export interface Allowed {
  readonly kind: 'allowed';
  readonly name: string;
  readonly rules: readonly RuleKind[];
  readonly attempt: Attempt;
  readonly free: number;
  readonly optional: boolean;
}

/** An attempt that nobody denies, and that an agent has to report when its process is traced. */
export interface Observed {
  readonly kind: 'observed';
  readonly name: string;
  /** None: nobody denies it. */
  readonly rules: readonly RuleKind[];
  readonly attempt: Attempt;
  /** The LSM hook at which it is seen. */
  readonly hook: string;
  /** All its events, if it is traced; one that is not traced has none of them. */
  readonly events: readonly EventSubject[];
  /** Who acts: the process of the attempt, or one that descends from it. */
  readonly by: 'itself' | 'descendant';
  readonly free: number;
  readonly optional: boolean;
}

export type Scenario = Denial | Uncovered | Allowed | Observed;

/** A class with its files in one folder. */
export interface ClassContent {
  /** Done before any agent runs. */
  readonly arrange: readonly ProbeOperation[];
  /** Files whose inode numbers rules and events speak of. */
  readonly inodes: readonly string[];
  readonly rules: (inode: InodeOf) => PolicyRules;
  readonly scenarios: readonly Scenario[];
}

export interface ScenarioClass {
  readonly class: CheckClass;
  /** `folder` is the class's own, and new for each phase; `target`: the architecture of the guest. */
  readonly in: (folder: string, target: Target) => ClassContent;
}

/** With some of its scenarios, and with the same files and rules: fewer rules would be another policy. */
export function withScenarios(
  { class: name, in: content }: ScenarioClass,
  keeps: (scenario: Scenario) => boolean,
): ScenarioClass {
  return {
    class: name,
    in: (folder, target) => {
      const whole = content(folder, target);
      return { ...whole, scenarios: whole.scenarios.filter(keeps) };
    },
  };
}
