// SPDX-License-Identifier: Apache-2.0
import { patternOf } from '../config/glob.js';
import { kernelRange, type RangedKernel } from '../config/kernel-range.js';
import type { GuestFacts } from '../model/facts.js';
import { attachesHooks } from '../model/hook-attachment.js';
import type { KernelId } from '../model/kernel.js';
import type { Expectation, ProgramExpectation } from '../model/expectation.js';
import type { AttachVerdict, LoadVerdict, ProgramReport } from '../model/report.js';

/** A kernel as expectations see it. */
export interface ExpectingKernel extends RangedKernel {
  /** CONFIG_ options of the kernel; null, or absent, where they are not known. */
  readonly options?: Readonly<Record<string, string>> | null;
}

export function expectingKernel(id: KernelId, facts: GuestFacts | null): ExpectingKernel {
  return { id, release: facts?.release ?? null, options: facts?.config?.options ?? null };
}

/** What is expected of a program of the object at hand on the kernel at hand. */
export type ExpectedOf = (program: string) => Expectation | null;

/** The expectations that hold for one object on one kernel: of several about a program the last. */
export function expectedOn(kernel: ExpectingKernel, object: string, entries: readonly Expectation[]): ExpectedOf {
  const near = entries.filter((entry) => isAbout(entry, object) && holdsOn(entry, kernel));
  return (program) => near.findLast((entry) => patternOf(entry.program).test(program)) ?? null;
}

export function isAbout({ object }: Expectation, name: string): boolean {
  return patternOf(object).test(name);
}

export function holdsOn({ kernels, cause }: Expectation, kernel: ExpectingKernel): boolean {
  if (cause !== undefined && attachesHooks((option) => kernel.options?.[option])) return false;
  return kernels === null || kernelRange(kernels)?.(kernel) === true;
}

/** What came of an expectation. */
export function outcomeOf(expected: Expectation, load: LoadVerdict, attach: AttachVerdict): ProgramExpectation {
  const { expect, code, reason } = expected;
  if (expect !== 'fails') return { expect, reason };
  return { expect, code, reason, outcome: failingOutcome(expected, load, attach) };
}

type FailingOutcome = Extract<ProgramExpectation, { expect: 'fails' }>['outcome'];

function failingOutcome({ code, cause }: Expectation, load: LoadVerdict, attach: AttachVerdict): FailingOutcome {
  const failed = [load, attach].find((step) => step.kind === 'failed');
  if (failed !== undefined) {
    const isMeant = cause === undefined || failed.why.cause === cause;
    return isMeant && (code === null || failed.code === code) ? 'holds' : 'other-code';
  }
  // That it loads says nothing against a failure to attach which nobody provoked.
  return attach.kind === 'not-tried' && code === 'ATTACH_FAILED' ? 'undecided' : 'passes';
}

/** Did it fail as it was expected to? Asserted, and found to be so. */
export function failedAsExpected({ expected }: Pick<ProgramReport, 'expected'>): boolean {
  return expected?.expect === 'fails' && expected.outcome === 'holds';
}

/** Does the program's verdict count against the run: a failure that is optional, or expected, is only reported. */
export function doesVerdictCount(program: Pick<ProgramReport, 'optional' | 'expected' | 'verdict'>): boolean {
  if (program.verdict.kind !== 'fail') return program.verdict.kind !== 'pass';
  return !program.optional && !failedAsExpected(program);
}
