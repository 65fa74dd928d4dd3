// SPDX-License-Identifier: Apache-2.0
import type { OwnRuleKind } from './agent.js';
import type { ProbedOperation } from './operations.js';

/** What an item of a rule can name, as the placeholder `{comm}`: a process by its name, a file or program, an address, a port. */
export const ruleSubjects = ['comm', 'path', 'ip', 'port'] as const;
export type RuleSubject = (typeof ruleSubjects)[number];

const file = ['comm', 'path'] as const;
const flow = ['comm', 'ip', 'port'] as const;
/** The other side alone: its port is whatever the kernel gave it, and its process would have the same name. */
const peer = ['ip'] as const;
const process = ['comm'] as const;

/** Operations that a rule of one's own may claim to deny, each with what can tell a denied attempt from a free one. */
export const ownRuleOperations = {
  open: file,
  create: file,
  truncate: file,
  rename: file,
  link: file,
  unlink: file,
  mmap: file,
  exec: file,
  connect: flow,
  send: flow,
  bind: flow,
  accept: peer,
  receive: peer,
  ptrace: process,
  module: process,
  bpf: process,
} as const satisfies Partial<Record<ProbedOperation, readonly RuleSubject[]>>;
export type OwnRuleOperation = keyof typeof ownRuleOperations;

/** A kind of rule that the contract does not have, as the dialect of an agent declares it. */
export interface OwnRule {
  readonly kind: OwnRuleKind;
  /** One item of it, with the placeholders of its subjects: `{comm} {path}`. */
  readonly item: string;
  /** Those that the item names; never empty. */
  readonly subjects: readonly RuleSubject[];
  readonly denies: readonly OwnRuleOperation[];
  /** What reports a denial: the event of the operation, a `block` whatever is attempted, or nothing. */
  readonly event: 'operation' | 'block' | 'none';
}
