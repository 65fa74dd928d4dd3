// SPDX-License-Identifier: Apache-2.0
import type { CheckClass } from '../model/check.js';
import type { OwnRule } from '../model/own-rule.js';
import type { EventFields, Expected } from '../model/scenario-evidence.js';
import type { PolicyRules } from './contract.js';

/*
 * What is proved of an agent, as data: a contract lists the proofs of each environment, scenarios/ carries them out. No
 * proof is there unless a contract asks for it.
 */

/** What is asked of an agent for one start. */
export interface StartRequest {
  /** Values of the contract's options; those that are not here have their default. */
  readonly options: Readonly<Record<string, string>>;
  /** Null for a contract without a policy. */
  readonly policy: string | null;
  /** Variables on top of the agent's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments after the agent's own. */
  readonly more?: readonly string[];
}

/**
 * Which attempts: all that rules deny, those of them that have to do with tracepoints, or one of each kind; or those that
 * an agent which denies nothing has to report.
 */
export type AttemptSet = 'all' | 'tracepoints' | 'essential' | 'observed';

/** The same attempts without an agent; later proofs refer to them by `folder`. */
export interface ControlsProof {
  readonly kind: 'controls';
  readonly class: CheckClass | 'each';
  readonly phase: string;
  /** Folder of its files below /t. */
  readonly folder: string;
  readonly attempts: AttemptSet;
  readonly ownRules: readonly OwnRule[];
}

/** One phase with an agent in which attempts are done. */
export interface AttemptsPhase {
  readonly phase: string;
  readonly folder: string;
  readonly options: StartRequest['options'];
  /** The state in which the agent must be, looked at in this phase; null where that is looked at elsewhere. */
  readonly state: string | null;
  /** The action in its events, in the contract's word. */
  readonly action: string;
}

/** Attempts without an agent, with one that only observes, with one that enforces; at least one of the two. */
export interface AttemptsProof {
  readonly kind: 'attempts';
  /** `each`: of the class to which the attempts belong, those that were asked for. */
  readonly class: CheckClass | 'each';
  readonly attempts: AttemptSet;
  /** Kinds of rule of the agent's own, of which attempts are made besides. */
  readonly ownRules: readonly OwnRule[];
  /** `folder` of its controls. */
  readonly controls: string;
  readonly observing: (AttemptsPhase & { readonly neighbours: boolean }) | null;
  readonly enforcing: (AttemptsPhase & { readonly expected: Expected }) | null;
  /** Distinguishes its scenarios from others with the same attempts: `term` makes `signal term: execve`. */
  readonly label: string | null;
  /** Events that an allowed neighbour must have besides. */
  readonly neighbourEvents: readonly NeighbourEvent[];
  /** Is it looked at whether the kernel really called the program at each of the agent's hooks meanwhile. */
  readonly calls: boolean;
}

/** An event that a neighbour must have although no rule matches it. */
export interface NeighbourEvent {
  readonly class: CheckClass;
  readonly scenario: string;
  readonly check: string;
  /** Name of the scenario in that class. */
  readonly neighbourOf: string;
  readonly fields: EventFields;
  readonly expected: string;
}

/** One start of the agent, the state it must be in, and what a denied open comes to. */
export interface PostureRow {
  readonly name: string;
  readonly options: StartRequest['options'];
  readonly state: string;
  readonly attempt: Expected;
  /** What is right as well: an agent that announces this state is held to it. Null where there is nothing. */
  readonly orElse: Pick<PostureRow, 'state' | 'attempt'> | null;
  /** Rules besides the row's own. */
  readonly rules: PolicyRules;
  /** The agent is given a policy that it must refuse. */
  readonly malformed: boolean;
}

/** From the moment it announces a state nothing denied gets through. */
export interface AnnouncementProof {
  readonly kind: 'announcement';
  readonly class: CheckClass;
  readonly scenario: string;
  readonly state: string;
  readonly options: StartRequest['options'];
}

/** A process is warned until it has broken rules often enough, and then it is ended. */
export interface EscalationProof {
  readonly kind: 'escalation';
  readonly class: CheckClass;
  readonly scenario: string;
  readonly options: StartRequest['options'];
  /** Signals that the first violation and the last one come to. */
  readonly first: number;
  readonly last: number;
  /** Violations until the last. */
  readonly threshold: number;
  /** The actions in the events of these violations. */
  readonly actions: readonly string[];
}

/** Raw records of the ring buffer hold what was written for them. */
export interface RecordsProof {
  readonly kind: 'records';
  readonly class: CheckClass;
  readonly scenario: string;
  readonly options: StartRequest['options'];
  /** What leaves records: attempts at what a policy denies, or all that an observer reports. */
  readonly records: 'denials' | 'observations';
}

/** A process opens files while nobody reads the ring buffer, and opens them again: each is reported once. */
export interface FullRingProof {
  readonly kind: 'full-ring';
  readonly class: CheckClass;
  readonly scenario: string;
  /** With a ring buffer that has no room for as many records. */
  readonly options: StartRequest['options'];
  /** At which an open is seen. */
  readonly hook: string;
  readonly files: number;
}

/** One process opens more files than the agent remembers, and the first once more. */
export interface ManyOpensProof {
  readonly kind: 'many-opens';
  readonly class: CheckClass;
  readonly scenario: string;
  /** With a ring buffer that has room for all their records. */
  readonly options: StartRequest['options'];
  /** At which an open is seen. */
  readonly hook: string;
  readonly files: number;
}

/** Each LSM program gives back what came in, whatever it is. */
export interface ReturnsProof {
  readonly kind: 'returns';
  readonly class: CheckClass;
  readonly scenario: string;
  readonly options: StartRequest['options'];
}

/** A restart and a new policy: not one denied open succeeds at any moment. */
export interface RestartProof {
  readonly kind: 'restart';
  readonly class: CheckClass;
  readonly options: StartRequest['options'];
  /** In place of these, where an agent runs that was started with them and says that it enforces; null for none. */
  readonly shared: StartRequest['options'] | null;
  /** Names of its scenarios: a second agent takes over, a new policy, a policy that must be refused. */
  readonly scenarios: { readonly takeover: string; readonly reload: string; readonly malformed: string };
}

export type Proof =
  | ControlsProof
  | AttemptsProof
  | AnnouncementProof
  | EscalationProof
  | { readonly kind: 'posture'; readonly class: CheckClass; readonly row: PostureRow }
  /** Rows on a kernel without one hook, as far as the agent can see; `otherwise` where that cannot be shown to it. */
  | {
      readonly kind: 'missing-hook';
      readonly class: CheckClass;
      readonly hook: string;
      readonly rows: readonly (PostureRow | NotOffered)[];
      readonly otherwise: NotOffered;
    }
  | RecordsProof
  | FullRingProof
  | ManyOpensProof
  | ReturnsProof
  | RestartProof
  | (NotOffered & { readonly kind: 'not-offered'; readonly class: CheckClass; readonly by: 'agent' | 'kernel' });

/** What the agent does not claim to do, and why it is not asked. */
export interface NotOffered {
  readonly name: string;
  readonly detail: string;
}
