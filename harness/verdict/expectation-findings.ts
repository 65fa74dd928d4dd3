// SPDX-License-Identifier: Apache-2.0
import { patternOf } from '../config/glob.js';
import type { Expectation, ExpectationList } from '../model/expectation.js';
import type { RunFinding, KernelReport, ProgramReport } from '../model/report.js';
import { threeNearest } from '../plan/select.js';
import { type ExpectingKernel, expectingKernel, holdsOn, isAbout } from './expectations.js';

/** A program on a kernel that answered for it. */
interface Answer {
  readonly kernel: ExpectingKernel;
  readonly object: string;
  readonly program: ProgramReport;
}

/** What no longer holds: a program that was to fail and does not, and in a whole run an entry about no program. */
export function expectationFindings(
  { scope, entries }: ExpectationList,
  kernels: readonly KernelReport[],
): readonly RunFinding[] {
  const answers = answersOf(kernels);
  const unmatched = scope === 'whole' ? unmatchedTexts(entries, answers) : [];
  return [...entries.flatMap((_, index) => passingTexts(entries, index, answers)), ...unmatched].map((message) => ({
    verdict: { kind: 'fail', stage: 'run', code: 'EXPECTATION_CHANGED' },
    message,
  }));
}

/** What is easily overlooked about the entries, one line each: those that had no say in this run, and why. */
export function expectationNotices(
  { scope, entries }: ExpectationList,
  kernels: readonly KernelReport[],
): readonly string[] {
  const answers = answersOf(kernels);
  return [
    ...(scope === 'part' ? unmatchedTexts(entries, answers) : []),
    ...[...entries.keys()].flatMap((index) => silentTexts(entries, index, { answers, kernels })),
    ...answers.flatMap(undecidedTexts),
  ];
}

function answersOf(kernels: readonly KernelReport[]): readonly Answer[] {
  return kernels.flatMap((report) => {
    if (report.status === 'unavailable') return [];
    const kernel = kernelOf(report);
    return report.objects.flatMap(({ object, programs }) => programs.map((program) => ({ kernel, object, program })));
  });
}

function kernelOf(report: KernelReport): ExpectingKernel {
  return expectingKernel(report.id, report.status === 'unavailable' ? null : report.facts);
}

function namesIt(entry: Expectation, { object, program }: Answer): boolean {
  return isAbout(entry, object) && patternOf(entry.program).test(program.name);
}

/** The entry that holds for a program on a kernel. */
function indexFor(entries: readonly Expectation[], answer: Answer): number {
  return entries.findLastIndex((entry) => namesIt(entry, answer) && holdsOn(entry, answer.kernel));
}

/** As the configuration has it, where what we say of our own objects is not. */
function label(entries: readonly Expectation[], index: number): string {
  if (entries[index]?.cause !== undefined) return 'our own object';
  return `expectations.${entries.slice(0, index).filter(({ cause }) => cause === undefined).length}`;
}

function passingTexts(entries: readonly Expectation[], index: number, answers: readonly Answer[]): readonly string[] {
  const kernels = new Map<string, string[]>();
  for (const answer of answers) {
    const { expected, name } = answer.program;
    if (expected?.expect !== 'fails' || expected.outcome !== 'passes' || indexFor(entries, answer) !== index) continue;
    const item = `${answer.object}/${name}`;
    kernels.set(item, [...(kernels.get(item) ?? []), answer.kernel.id]);
  }
  const { code, reason } = entries[index] ?? { code: null, reason: '' };
  const wanted = code === null ? 'fail' : `fail with ${code}`;
  return [...kernels].map(
    ([item, ids]) =>
      `${label(entries, index)}: ${item} was to ${wanted} ("${reason}"), and does not on ${ids.join(', ')}: ` +
      'limit its kernels, or take it out',
  );
}

/** Entries about nothing that there is; nothing to say where no kernel told what there is. */
function unmatchedTexts(entries: readonly Expectation[], answers: readonly Answer[]): readonly string[] {
  if (answers.length === 0) return [];
  return entries.flatMap((entry, index) => {
    if (entry.cause !== undefined || answers.some((answer) => namesIt(entry, answer))) return [];
    const objects = [...new Set(answers.map(({ object }) => object))];
    const near = objects.filter((object) => isAbout(entry, object));
    const text = `${label(entries, index)}: no program ${entry.program} in an object ${entry.object}`;
    if (near.length === 0)
      return [`${text}; objects of this run: ${threeNearest(entry.object.replaceAll('*', ''), objects).join(', ')}`];
    const programs = answers.filter(({ object }) => near.includes(object)).map(({ program }) => program.name);
    return [`${text}; nearest: ${threeNearest(entry.program.replaceAll('*', ''), [...new Set(programs)]).join(', ')}`];
  });
}

/** An entry about programs of the run that decided nothing. */
function silentTexts(
  entries: readonly Expectation[],
  index: number,
  { answers, kernels }: { readonly answers: readonly Answer[]; readonly kernels: readonly KernelReport[] },
): readonly string[] {
  const entry = entries[index];
  if (entry === undefined || entry.cause !== undefined) return [];
  if (!kernels.some((kernel) => holdsOn(entry, kernelOf(kernel)))) {
    return [`${label(entries, index)} is about no kernel of this run: ${entry.kernels ?? ''}`];
  }
  const own = answers.filter((answer) => namesIt(entry, answer) && holdsOn(entry, answer.kernel));
  if (own.length === 0 || own.some((answer) => indexFor(entries, answer) === index)) return [];
  return [`${label(entries, index)} decides nothing: later entries hold for all that it is about`];
}

function undecidedTexts({ kernel, object, program: { name, expected } }: Answer): readonly string[] {
  if (expected?.expect !== 'fails' || expected.outcome !== 'undecided') return [];
  return [`${kernel.id}: ${object}/${name} was to fail with ATTACH_FAILED, and attaching it was not tried`];
}
