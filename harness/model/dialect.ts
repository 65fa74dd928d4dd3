// SPDX-License-Identifier: Apache-2.0
import type { RuleKind } from './agent.js';
import type { OwnRule } from './own-rule.js';

/*
 * A dialect: how an agent says what its contract has other words for. It is a translation and nothing else; what an agent
 * does not say at all is named in `lacks`, and reported as not offered.
 */

/** A word of an agent as it stands in its JSON. */
export type DialectWord = string | number | boolean;

/** Each word of the contract with the agent's words for it; one that is not here is spelled as the contract spells it. */
export type DialectWords = Readonly<Record<string, readonly DialectWord[]>>;

/** Fields that an object of the agent's has, by their dotted paths: `{"event": "socket", "op": "connect"}`. */
export type DialectForm = Readonly<Record<string, DialectWord>>;

/** What events and reports have in common. */
interface DialectFields {
  /** The dotted path at which the agent has a field of the contract; one that is not here is where the contract has it. */
  readonly fields: Readonly<Record<string, string>>;
  /** Words of fields besides `type` and the state, by the contract's name of the field. */
  readonly values: Readonly<Record<string, DialectWords>>;
  /** Fields that the agent does not have. */
  readonly lacks: readonly string[];
}

export interface EventDialect extends DialectFields {
  readonly stream: 'stdout' | 'stderr';
  /** By the contract's type, the forms that an event of it may have. */
  readonly types: Readonly<Record<string, readonly DialectForm[]>>;
  /** Events of the agent's own business. */
  readonly ignore: readonly DialectForm[];
  /** Lines on that stream that are no events. */
  readonly text: readonly RegExp[];
}

export interface ReportDialect extends DialectFields {
  /** Words for a hook that is attached, and for one that is not. */
  readonly attached: readonly DialectWord[];
  readonly detached: readonly DialectWord[];
  /** What stands before the name of a hook. */
  readonly hookPrefix: string;
}

/** Lines by which an agent announces states outside of its events, by the contract's state. */
export interface AnnouncedLines {
  readonly stream: 'stdout' | 'stderr';
  readonly lines: Readonly<Record<string, string>>;
}

/** With what an attempt may be refused. */
export const denialErrnos = ['EPERM', 'EACCES'] as const;
export type DenialErrno = (typeof denialErrnos)[number];

/** A piece of a line of a policy. */
export type PolicyPiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'version' }
  /** Each item of a kind of rule in a line of its own. */
  | { readonly kind: 'item'; readonly rule: RuleKind }
  /** All of them in quotes, separated by commas. */
  | { readonly kind: 'list'; readonly rule: RuleKind }
  /** `true` when the policy has rules of this kind, else `false`. */
  | { readonly kind: 'flag'; readonly rule: RuleKind };

export type PolicyNode =
  | { readonly kind: 'line'; readonly pieces: readonly PolicyPiece[] }
  /** There only when the policy has rules of this kind, or only when it has none. */
  | {
      readonly kind: 'block';
      readonly rule: RuleKind;
      readonly without: boolean;
      readonly body: readonly PolicyNode[];
    };

/** How the agent wants a policy written. */
export interface PolicyDialect {
  readonly writing:
    | { readonly kind: 'contract' }
    | { readonly kind: 'template'; readonly nodes: readonly PolicyNode[] }
    /** A program in the guest that reads the contract's policy on stdin and writes the agent's on stdout. */
    | { readonly kind: 'command'; readonly argv: readonly [string, ...string[]] };
  /** Put before the path of a cgroup, which is one below /sys/fs/cgroup. */
  readonly cgroups: string;
  /** A policy that the agent must refuse; null for the contract's, as the agent would write it. */
  readonly malformed: string | null;
}

export interface Dialect {
  /** The errno of a denial, by its name. */
  readonly denial: DenialErrno;
  /** Words for states, in events and in the report. */
  readonly states: DialectWords;
  readonly announcements: AnnouncedLines | null;
  readonly events: EventDialect;
  /** Null for an agent without a capability report. */
  readonly report: ReportDialect | null;
  readonly policy: PolicyDialect;
  /** Kinds of rule that the contract does not have. */
  readonly rules: readonly OwnRule[];
}

/** What of a contract a dialect can say otherwise. Plain data, for the configuration. */
export interface DialectVocabulary {
  readonly states: readonly string[];
  /** Types of events. */
  readonly types: readonly string[];
  /** By type, fields that an event need not have: it is checked as if these stood there. */
  readonly assumed: Readonly<Record<string, Readonly<Record<string, DialectWord>>>>;
  /** Fields of events; each with a value to check the rest of an event by where an agent lacks it, null when none may. */
  readonly eventFields: Readonly<Record<string, DialectWord | null>>;
  /** The type of an event that announces a state, and its field. */
  readonly stateType: string;
  readonly stateField: string;
  /** Null where there is no report. */
  readonly report: ReportVocabulary | null;
}

export interface ReportVocabulary {
  readonly fields: readonly string[];
  readonly stateField: string;
  readonly hooksField: string;
  readonly hookPrefix: string;
  /** The word for a hook that is attached. */
  readonly attached: string;
}
