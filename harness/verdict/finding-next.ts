// SPDX-License-Identifier: Apache-2.0
import type { CheckCode, FailedCheck } from '../model/check.js';
import type { Root } from './finding-roots.js';
import type { ProgramAtHook } from './finding-titles.js';
import { nextSteps } from '../model/next-steps.js';

/** What the evidence of a finding singles out. */
export interface NextFacts {
  readonly root: Root;
  readonly first: FailedCheck;
  readonly hook: string | null;
  readonly program: ProgramAtHook;
  /** What the agent's event claims of an attempt that succeeded. */
  readonly eventClaim: string | null;
}

/** What a stranger does about it: named where the evidence names it, by its code where it does not. */
export function nextStep(facts: NextFacts): string {
  const { code } = facts.root;
  return named[code]?.(facts) ?? nextSteps[code];
}

const named: Readonly<Partial<Record<CheckCode, (facts: NextFacts) => string | null>>> = {
  SILENT_DOWNGRADE: ({ root: { subject }, hook, program }) => {
    if (hook === null) return null;
    if (program.kind === 'known')
      return `attach ${program.name} to ${hook}, and look for an error of attaching that is dropped`;
    const claims = subject.kind === 'dead' ? subject.claims : 'that it works';
    return program.kind === 'none'
      ? `bring a program for ${hook} back into the object, or do not claim ${claims}`
      : null;
  },
  ENFORCEMENT_LEAK: ({ root, first, program, eventClaim, hook }) => {
    const { name } = program;
    if (first.environment === 'lsm' && name === null && eventClaim !== null)
      return `look what the hook of \`${first.attempt ?? first.scenario}\` returns where it reports ${eventClaim}: it must return -${first.outcome.expected}`;
    if (first.environment !== 'lsm' || name === null) return ofRule(root, first);
    if (eventClaim !== null)
      return `return -${first.outcome.expected} from ${name} where it reports ${eventClaim}: what it returns there lets the attempt through`;
    return first.attempt === null
      ? null
      : `follow \`${first.attempt}\` through ${name} at ${hook ?? ''}: it must return -${first.outcome.expected}`;
  },
  FALSE_BLOCK: ({ root: { rule } }) =>
    rule === null
      ? null
      : `narrow what ${rule} rules match: prefix lengths, ports without protocol, a folder for a file`,
  AUDIT_DENIED: ({ program: { name } }) => (name === null ? null : `let ${name} return 0 in audit mode`),
  OBSERVER_DENIED: returnsIncoming,
  RETURN_REPLACED: returnsIncoming,
  WRONG_SIGNAL: ({ first: { outcome } }) =>
    nextSteps.WRONG_SIGNAL.replace('the configured signal', `the configured signal (${outcome.expected})`),
  EVENT_MISSING: ({ program: { name }, first }) =>
    name === null || first.attempt === null
      ? null
      : `look where ${name} drops the event of \`${first.attempt}\`: no record reserved, none submitted`,
  POSTURE_DISHONEST: ({ root: { subject } }) =>
    subject.kind === 'claim'
      ? `report and announce ${subject.expected.join(' or ')} here, not ${subject.claims}`
      : null,
};

function ofRule({ rule }: Root, { attempt }: FailedCheck): string | null {
  if (rule === null || attempt === null) return null;
  return `look why no ${rule} rule matched \`${attempt}\`: how it is read, stored and looked up`;
}

function returnsIncoming({ program: { name } }: NextFacts): string | null {
  return name === null ? null : `end ${name} with \`return ret\` on every path`;
}
