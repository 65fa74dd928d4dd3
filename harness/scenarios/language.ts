// SPDX-License-Identifier: Apache-2.0
import type { EventSubject, NetworkFields, OpenMode, SocketOperation } from '../contracts/contract.js';
import type { CheckClass } from '../model/check.js';
import type { Allowed, Attempt, Denial, Observed, ProbeOperation, ScenarioClass, Uncovered } from './scenario.js';

/* How scenarios are written: each states what is its own, and leaves the rest to the defaults. */

const eperm = 1;

export function scenarioClass(name: CheckClass, content: ScenarioClass['in']): ScenarioClass {
  return { class: name, in: content };
}

/** What a scenario leaves to the defaults. */
type DenialParts = Pick<Denial, 'rules' | 'event'> & {
  readonly attempt: ProbeOperation | Attempt;
  readonly neighbour: ProbeOperation | Attempt | null;
  readonly free?: number;
  readonly refusal?: number;
  readonly optional?: boolean;
  readonly fallback?: Denial['fallback'];
};

export function deniedScenario(name: string, parts: DenialParts): Denial {
  const { rules, attempt, neighbour, event, free = 0, refusal = eperm, optional = false, fallback = null } = parts;
  return {
    kind: 'denied',
    name,
    rules,
    attempt: attemptOf(attempt),
    neighbour: neighbour === null ? null : attemptOf(neighbour),
    event,
    free,
    refusal,
    optional,
    fallback,
  };
}

type UncoveredParts = Pick<Uncovered, 'rules' | 'why'> & {
  readonly attempt: ProbeOperation | Attempt;
  readonly free?: number;
  readonly optional?: boolean;
};

export function uncoveredScenario(name: string, parts: UncoveredParts): Uncovered {
  const { rules, why, attempt, free = 0, optional = false } = parts;
  return { kind: 'uncovered', name, rules, why, attempt: attemptOf(attempt), free, optional };
}

type AllowedParts = Pick<Allowed, 'rules'> & {
  readonly attempt: ProbeOperation | Attempt;
  readonly free?: number;
  readonly optional?: boolean;
};

export function allowedScenario(name: string, { rules, attempt, free = 0, optional = false }: AllowedParts): Allowed {
  return { kind: 'allowed', name, rules, attempt: attemptOf(attempt), free, optional };
}

/** A cgroup that the policy exempts. */
const exemptCgroup = 'exempt';
/** The same for a process that the guest starts by itself. */
export const exemptFolder = `/sys/fs/cgroup/${exemptCgroup}`;

export function attemptFromExempt(...operation: ProbeOperation): Attempt {
  return { operation, cgroup: exemptCgroup, comm: null, traced: false };
}

function attemptOf(attempt: ProbeOperation | Attempt): Attempt {
  return 'operation' in attempt ? attempt : plainAttempt(attempt);
}

/** From the root cgroup, by a process of which nobody was told. */
export function plainAttempt(operation: ProbeOperation): Attempt {
  return { operation, cgroup: null, comm: null, traced: false };
}

type ObservedParts = Pick<Observed, 'hook' | 'events'> & {
  readonly attempt: ProbeOperation;
  readonly traced?: boolean;
  readonly by?: Observed['by'];
  readonly free?: number;
  readonly optional?: boolean;
};

export function observedScenario(name: string, parts: ObservedParts): Observed {
  const { attempt, hook, events, traced = true, by = 'itself', free = 0, optional = false } = parts;
  return {
    kind: 'observed',
    name,
    rules: [],
    attempt: { ...plainAttempt(attempt), traced },
    hook,
    events,
    by,
    free,
    optional,
  };
}

/** The event is about an open of a file of this name. */
export function openEvent(name: string, mode: OpenMode): EventSubject {
  return { kind: 'open', name, mode };
}

/** The event is about a connect to this address. */
export function destinationEvent(ip: string, port: number): EventSubject {
  return { kind: 'destination', ip, port, family: ip.includes(':') ? 'ipv6' : 'ipv4' };
}

/** The event is about this file or program. */
export function fileEvent(path: string): EventSubject {
  return { kind: 'file', path };
}

/** The event is about a rule that has no object to name. */
export const ruleEvent: EventSubject = { kind: 'rule' };

/** The event is about a rule on addresses or ports at one of the socket operations. */
export function netEvent(operation: SocketOperation, fields: NetworkFields): EventSubject {
  return { kind: 'network', operation, fields };
}
