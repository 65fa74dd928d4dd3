// SPDX-License-Identifier: Apache-2.0
import { assertNever } from '../model/assert-never.js';
import type { CheckCode, Environment } from '../model/check.js';
import { refusedKind, type Root } from './finding-roots.js';

/** The program of a hook; `unknown` where no object was loaded on the kernel. */
export type ProgramAtHook =
  { readonly kind: 'known'; readonly name: string } | { readonly kind: 'none' | 'unknown'; readonly name: null };

/** Names shown of a list; the rest is counted. */
const shownNames = 4;

/** One line for a person: what is wrong, and where. */
export function findingTitle(root: Root, program: ProgramAtHook, environment: Environment): string {
  const { subject } = root;
  switch (subject.kind) {
    case 'end':
      return endTitle(root.code, subject.end);
    case 'dead':
      return deadTitle(root, subject, program);
    case 'claim':
      return `the agent claims ${subject.claims} where it must be in ${subject.expected.join(', ')}`;
    case 'attempts':
      return attemptsTitle(root, subject, { program, environment });
    case 'check':
      return checkTitle(root);
    default:
      return assertNever(subject);
  }
}

function endTitle(code: CheckCode, end: string): string {
  if (code === 'AGENT_HUNG') return `the agent hangs: ${end}`;
  return code === 'AGENT_DIED' ? `the agent dies: ${end}` : `the agent does not come up: ${end}`;
}

type Dead = Extract<Root['subject'], { kind: 'dead' }>;

function deadTitle({ hooks }: Root, { claims, all, whatever }: Dead, program: ProgramAtHook): string {
  if (whatever) return `the agent claims ${claims} while no program is live, whatever it was asked for`;
  const claim = `and the agent claims ${claims}`;
  if (all) return `no program is live at any hook, ${claim}`;
  const [only, ...others] = hooks;
  if (others.length > 0) return `no program is live at ${hooks.length} hooks, ${claim}: ${listed(hooks)}`;
  const why = { known: `: ${program.name} is not attached`, none: ': the object has no program for it', unknown: '' };
  return `no program is live at ${only ?? 'a hook'}, ${claim}${why[program.kind]}`;
}

type Attempts = Extract<Root['subject'], { kind: 'attempts' }>;

interface At {
  readonly program: ProgramAtHook;
  readonly environment: Environment;
}

function attemptsTitle(root: Root, subject: Attempts, at: At): string {
  const start = Object.hasOwn(starts, root.code) ? starts[root.code] : undefined;
  if (start === undefined) return checkTitle(root);
  const { expected } = root.shown[0]?.check.outcome ?? { expected: '' };
  if (root.code === 'WRONG_SIGNAL') return `${start}: expected ${expected}, ${subject.symptom ?? ''}`;
  const symptom = speaking.has(root.code) && subject.symptom !== null ? `: ${subject.symptom}` : '';
  const where = root.code === 'SEAM_INFIDELITY' ? '' : place(root, subject, at);
  return `${start}${where}${symptom}`;
}

const starts: Readonly<Partial<Record<CheckCode, string>>> = {
  ENFORCEMENT_LEAK: 'what must be denied gets through',
  FALSE_BLOCK: 'what is allowed is stopped',
  AUDIT_DENIED: 'an agent that only audits denies',
  OBSERVER_DENIED: 'with an agent that only observes things come out otherwise',
  RETURN_REPLACED: 'what another program decided is not passed on',
  WRONG_SIGNAL: 'another signal is sent than the one configured',
  EVENT_MISSING: 'what happens has no event',
  EVENT_WRONG: 'events are wrong',
  SEAM_INFIDELITY: 'behind the override it is otherwise than without the BPF LSM',
};

/** Codes that do not say by themselves what happened instead. */
const speaking: ReadonlySet<CheckCode> = new Set(['EVENT_WRONG', 'SEAM_INFIDELITY', 'OBSERVER_DENIED']);

function place({ hooks, rule, shown }: Root, { all }: Attempts, { program, environment }: At): string {
  const [only, ...others] = hooks;
  const kind = environment === 'lsm' ? 'hook' : 'tracepoint';
  const rules = rule === null ? '' : ` with ${rule} rules`;
  if (only !== undefined && others.length === 0) return ` at the ${kind} ${only}${ofProgram(program)}`;
  if (others.length > 0) return ` at one of the ${kind}s ${listed(hooks)}${rules}`;
  if (rule !== null) return rules;
  return all ? ', whatever is tried' : `: ${shown[0]?.check.scenario ?? ''}`;
}

function ofProgram({ name }: ProgramAtHook): string {
  return name === null ? '' : ` (program ${name})`;
}

function listed(names: readonly string[]): string {
  const rest = names.length - shownNames;
  return [...names.slice(0, shownNames), ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}

function kindsIn(shown: Root['shown']): string {
  return listed([...new Set(shown.map(({ check }) => refusedKind(check) ?? check.check))]);
}

function checkTitle({ code, shown }: Root): string {
  const [first] = shown;
  if (first === undefined) throw new Error('verdict: a root without a check');
  const { scenario, check, outcome } = first.check;
  if (code === 'KERNEL_SPLAT') return `the kernel complains: ${outcome.actual}`;
  if (code === 'AGENT_NOT_STARTED') return `the agent does not start: ${outcome.actual}`;
  if (code === 'POLICY_REFUSED') return `the agent refuses ${kindsIn(shown)} rules: ${outcome.actual}`;
  if (code === 'EVENT_DIRTY_TAIL') return `records hold bytes that were not written for them: ${outcome.actual}`;
  return `${scenario}: ${check}: expected ${outcome.expected}, ${outcome.actual}`;
}
