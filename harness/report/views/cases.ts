// SPDX-License-Identifier: Apache-2.0
import { assertNever } from '../../model/assert-never.js';
import { isFailedCheck, type ScenarioReport } from '../../model/check.js';
import type {
  BrokenKernel,
  Explanation,
  LoadVerdict,
  ObjectReport,
  PartialReport,
  ProgramReport,
  RanKernel,
} from '../../model/report.js';
import { type Code, type Verdict, verdictCode } from '../../model/verdict.js';
import { failedAsExpected, doesVerdictCount } from '../../verdict/expectations.js';
import { checksOf } from './checks.js';
import { describeLeftOut } from './partial.js';

/**
 * A report taken apart into single questions with one answer each, so that all reporters agree. The
 * answers come from the verdicts in the report; nothing is judged here.
 */
export type Outcome =
  | { readonly kind: 'pass' }
  | { readonly kind: 'skipped'; readonly reason: string }
  /** Failed, and allowed or expected to: reported, and does not fail the run. */
  | { readonly kind: 'optional' | 'expected'; readonly code: Code; readonly why: Explanation }
  | { readonly kind: 'fail' | 'infra'; readonly code: Code; readonly why: Explanation | null };

export interface Case {
  readonly object: string;
  /** Program, or `whole object`. */
  readonly item: string;
  readonly step: 'load' | 'attach';
  readonly outcome: Outcome;
  /** What the configuration says of it; null where it says nothing, or where that makes no difference. */
  readonly note: string | null;
  /** Seconds the verifier took, where the kernel says. */
  readonly seconds: number | null;
}

export const wholeObject = 'whole object';

const ok: Outcome = { kind: 'pass' };

export function junitCasesOf(kernel: RanKernel | BrokenKernel): readonly Case[] {
  return kernel.objects.flatMap((object) => [
    ...object.programs.flatMap((program) => casesOfProgram(object, program)),
    caseOfWhole(object),
    ...(object.partial === undefined ? [] : [caseOfPart(object, object.partial)]),
  ]);
}

function casesOfProgram(object: ObjectReport, program: ProgramReport): readonly Case[] {
  const time = program.stats?.verificationTime ?? null;
  const seconds = time === null ? null : time / 1e6;
  let load = loadOutcome(program);
  let attach = attachOutcome(program, object.whole);
  // A verdict that neither step explains must not get lost: it goes where it belongs by its stage.
  if (doesVerdictCount(program) && program.verdict.kind !== 'pass' && !isBadOutcome(load) && !isBadOutcome(attach)) {
    const unexplained = badOutcome(program.verdict, null);
    if (program.verdict.kind === 'fail' && program.verdict.stage !== 'load') attach = unexplained;
    else load = unexplained;
  }
  const base = { object: object.object, item: program.name, note: expectationNote(program) };
  return [
    { ...base, step: 'load', outcome: load, seconds },
    { ...base, step: 'attach', outcome: attach, seconds: null },
  ];
}

/** Why a failure is excused, or what is wrong with it besides. */
function expectationNote({ optional, expected }: ProgramReport): string | null {
  if (expected === null) return null;
  const { expect, reason } = expected;
  switch (expect) {
    case 'optional':
      return `optional here: ${reason}`;
    case 'required':
      return `required here: ${reason}`;
    case 'fails': {
      if (expected.outcome === 'holds') return `${optional ? 'optional, and ' : ''}expected to fail: ${reason}`;
      if (expected.outcome !== 'other-code') return null;
      return `expected to fail with ${expected.code ?? 'any code'}, and not with this: ${reason}`;
    }
    default:
      return assertNever(expected);
  }
}

function loadOutcome({ load, ...program }: ProgramReport): Outcome {
  return load.kind === 'loaded' ? ok : failedOutcome(program, load.code, load.why);
}

function attachOutcome({ load, attach, ...program }: ProgramReport, whole: ObjectReport['whole']): Outcome {
  switch (attach.kind) {
    case 'attached':
      return ok;
    case 'unattachable':
      return { kind: 'skipped', reason: `not attached: ${attach.reason}` };
    case 'not-tried':
      if (load.kind === 'failed') return { kind: 'skipped', reason: 'not tried: it did not load' };
      return { kind: 'skipped', reason: notAttached[whole.kind] };
    case 'failed':
      return failedOutcome(program, attach.code, attach.why);
    default:
      return assertNever(attach);
  }
}

/** Why a program that loads alone was not attached: attaching is tried with the whole object. */
const notAttached: Readonly<Record<ObjectReport['whole']['kind'], string>> = {
  loaded: 'not tried: not a part of the object as it is loaded whole',
  failed: 'not tried: the whole object did not load',
  'not-tried': 'not tried: the whole object was not loaded',
};

type Judged = Pick<ProgramReport, 'optional' | 'expected' | 'verdict'>;

function failedOutcome(program: Judged, code: Code, why: Explanation): Outcome {
  if (failedAsExpected(program)) return { kind: 'expected', code, why };
  if (program.verdict.kind === 'pass' || !doesVerdictCount(program)) return { kind: 'optional', code, why };
  return { kind: program.verdict.kind === 'fail' ? 'fail' : 'infra', code, why };
}

function caseOfWhole(report: ObjectReport): Case {
  const base = { object: report.object, item: wholeObject, step: 'load', note: null, seconds: null } as const;
  const { whole, verdict } = report;
  if (whole.kind === 'failed') {
    const outcome: Outcome =
      verdict.kind === 'pass' ? excusedWhole(report, whole) : wholeFault(report, whole.code, whole.why);
    return { ...base, outcome };
  }
  const explained = report.programs.some(doesVerdictCount);
  if (verdict.kind !== 'pass' && !explained) return { ...base, outcome: badOutcome(verdict, null) };
  return { ...base, outcome: whole.kind === 'loaded' ? ok : { kind: 'skipped', reason: 'not tried' } };
}

/** Whatever takes the whole along is a failure that is excused, in a row of its own. */
function excusedWhole({ partial }: ObjectReport, { code, why }: Extract<LoadVerdict, { kind: 'failed' }>): Outcome {
  if (partial === undefined) return { kind: 'expected', code, why };
  return { kind: 'skipped', reason: `in part: it loads ${describeLeftOut(partial)}` };
}

/** What an agent with optional programs gets; what it has to do without has failed in rows of its own. */
function caseOfPart({ object, programs }: ObjectReport, partial: PartialReport): Case {
  const { load } = partial;
  // Where everything that is left out may fail, it is this that the object is judged by.
  const kind = programs.some(doesVerdictCount) ? 'optional' : 'fail';
  const outcome: Outcome = load.kind === 'loaded' ? ok : { kind, code: load.code, why: load.why };
  return { object, item: describeLeftOut(partial), step: 'load', outcome, note: null, seconds: null };
}

/** The whole object has its own code, which may not be the one of the program that gave the object its verdict. */
function wholeFault({ verdict }: ObjectReport, code: Code, why: Explanation): Outcome {
  return { kind: verdict.kind === 'fail' ? 'fail' : 'infra', code, why };
}

function badOutcome(verdict: Exclude<Verdict, { kind: 'pass' }>, why: Explanation | null): Outcome {
  return { kind: verdict.kind === 'fail' ? 'fail' : 'infra', code: verdictCode(verdict) ?? 'HARNESS', why };
}

export function isBadOutcome(outcome: Outcome): outcome is Extract<Outcome, { kind: 'fail' | 'infra' }> {
  return outcome.kind === 'fail' || outcome.kind === 'infra';
}

/** A kernel whose own verdict nothing inside it explains: no program, no check and no machine of its scenarios. */
export function hasKernelFault(kernel: RanKernel | BrokenKernel): boolean {
  if (kernel.status === 'broken') return !kernel.scenarios.some((machine) => isFaultOf(kernel, machine));
  const code = verdictCode(kernel.verdict);
  return code !== null && !codesIn(kernel).has(code);
}

function codesIn(kernel: RanKernel): ReadonlySet<Code> {
  return new Set<Code>([
    ...junitCasesOf(kernel).flatMap(({ outcome }) => (isBadOutcome(outcome) ? [outcome.code] : [])),
    ...kernel.scenarios.flatMap(({ fault }) => (fault === null ? [] : [fault.cause])),
    ...commandCodes(kernel),
    ...checksOf(kernel)
      .filter(isFailedCheck)
      .map(({ outcome }) => outcome.code),
  ]);
}

function commandCodes({ command }: RanKernel): readonly Code[] {
  const code = command === null ? null : verdictCode(command.verdict);
  return code === null ? [] : [code];
}

/** A kernel may be broken because a machine of its scenarios is, which is reported in its own place. */
function isFaultOf(kernel: BrokenKernel, { fault }: ScenarioReport): boolean {
  return fault !== null && fault.cause === kernel.cause && fault.message === kernel.detail;
}

/**
 * The fault of the kernel itself. Of a broken one always what broke: its verdict may be a failure that was proved
 * before, and that one is reported with the program.
 */
export function kernelFault(kernel: RanKernel | BrokenKernel): { readonly kind: Verdict['kind']; readonly code: Code } {
  if (kernel.status === 'broken') return { kind: 'infra', code: kernel.cause };
  return { kind: kernel.verdict.kind, code: verdictCode(kernel.verdict) ?? 'HARNESS' };
}
