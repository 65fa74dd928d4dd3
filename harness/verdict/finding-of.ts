// SPDX-License-Identifier: Apache-2.0
import type { CheckClass, CheckReport, FailedCheck } from '../model/check.js';
import type { CheckRef, Finding, FirstAttempt, FoldedCount } from '../model/finding.js';
import type { FailureCode } from '../model/verdict.js';
import { groupedBy } from '../model/grouped-by.js';
import type { WholeRoot } from './finding-roots.js';
import { nextStep } from './finding-next.js';
import { findingTitle, type ProgramAtHook } from './finding-titles.js';

/** A program of an object that was loaded on this kernel. */
export interface KernelProgram {
  readonly name: string;
  /** `lsm/file_open`. */
  readonly section: string;
}

/** A root as it is reported. */
export function findingOf(kernel: string, root: WholeRoot, programs: readonly KernelProgram[]): Finding {
  const { code, environments, hooks, rule, unproved } = root;
  const failed = failedOf(root);
  const first = firstFailed(root);
  const hook = hooks.length === 1 ? (hooks[0] ?? null) : null;
  const program = programAt(hook, programs);
  const claim = claimOf(root, first);
  return {
    contract: root.contract,
    code,
    title: findingTitle(root, program, environments[0] ?? 'lsm'),
    environments,
    hook,
    candidates: hook === null ? hooks : [],
    rule,
    program: program.name,
    first: firstAttempt(first),
    ...claim,
    next: nextStep({ root, first, hook, program, eventClaim: claim.eventWord ?? claim.eventClaim }),
    doc: `docs/failure-codes.md#${code.toLowerCase()}`,
    rerun: ['--kernel', kernel, '--only', classToRerun(root, first), ...scenarioToRerun(first)],
    ...countsOf(code, failed, unproved),
  };
}

/** What of a finding is counted. `code`: its own, which is not counted as folded. */
export function countsOf(
  code: FailureCode,
  failed: readonly FailedCheck[],
  unproved: readonly CheckReport[],
): Pick<Finding, 'classes' | 'checks' | 'byClass' | 'folded' | 'refs'> {
  const followed = groupedBy(
    failed.filter(({ outcome }) => outcome.code !== code),
    ({ outcome }) => outcome.code,
  );
  return {
    classes: [...new Set(failed.map((check) => check.class))],
    checks: failed.length,
    byClass: byClass(failed),
    folded: [
      ...followed.map(foldedOf),
      ...(unproved.length === 0 ? [] : [{ code: 'unproved', count: unproved.length } as const]),
    ],
    refs: [...failed, ...unproved].map(refOf),
  };
}

/** All failed checks of a root, each once. */
export function failedOf({ shown, follows }: WholeRoot): readonly FailedCheck[] {
  return [...new Set([...shown.map(({ check }) => check), ...follows])];
}

/** The first attempt that shows it: of a hook where nothing is attached, what it let through. */
export function firstFailed({ shown, follows, subject }: WholeRoot): FailedCheck {
  const leak = subject.kind === 'dead' && !subject.whatever ? follows.find(isLeak) : undefined;
  const first = leak ?? shown[0]?.check;
  if (first === undefined) throw new Error('verdict: a root without a check');
  return first;
}

function isLeak({ attempt, outcome }: FailedCheck): boolean {
  return outcome.code === 'ENFORCEMENT_LEAK' && attempt !== null;
}

export function firstAttempt({
  outcome,
  class: name,
  environment,
  scenario,
  check,
  attempt,
}: FailedCheck): FirstAttempt {
  const { expected, actual, evidence } = outcome;
  return { class: name, environment, scenario, check, attempt, expected, actual, evidence };
}

/** What an agent that ended kept from being looked at is what makes it end again. */
function classToRerun({ unproved, follows }: WholeRoot, first: FailedCheck): CheckClass {
  if (first.attempt !== null) return first.class;
  return [...follows, ...unproved].find(({ class: name }) => name !== 'posture')?.class ?? first.class;
}

/** What is looked at while a whole class is tried is no scenario that can be asked for alone. */
function scenarioToRerun({ class: name, attempt, scenario }: FailedCheck): readonly string[] {
  return attempt === null && name === 'posture' ? [] : ['--scenario', scenario];
}

/** Only of what succeeded although its event says that it was stopped. */
function claimOf({ shown }: WholeRoot, first: FailedCheck): Pick<Finding, 'eventClaim' | 'eventWord'> {
  const facts = shown.find(({ check }) => check === first);
  if (first.outcome.code !== 'ENFORCEMENT_LEAK' || facts === undefined) return { eventClaim: null, eventWord: null };
  const { eventClaim, eventWord } = facts;
  return { eventClaim, eventWord };
}

function programAt(hook: string | null, programs: readonly KernelProgram[]): ProgramAtHook {
  if (hook === null || programs.length === 0) return { kind: 'unknown', name: null };
  const found = programs.find(({ section }) => section.split('/').at(-1) === hook);
  return found === undefined ? { kind: 'none', name: null } : { kind: 'known', name: found.name };
}

function byClass(failed: readonly FailedCheck[]): Finding['byClass'] {
  return groupedBy(failed, (check) => check.class)
    .map((own) => ({ class: own[0]?.class as CheckClass, count: own.length }))
    .sort((a, b) => b.count - a.count);
}

function foldedOf(own: readonly FailedCheck[]): FoldedCount {
  return { code: own[0]?.outcome.code ?? 'unproved', count: own.length };
}

function refOf({ class: name, environment, scenario, check }: CheckReport): CheckRef {
  return { class: name, environment, scenario, check };
}
