// SPDX-License-Identifier: Apache-2.0
import { machineLabel } from '../contracts/registry.js';
import { repeatFolder } from '../results/paths.js';
import type { BrokenKernel, KernelReport, RanKernel } from '../model/report.js';

type Booted = RanKernel | BrokenKernel;

/**
 * One report of a kernel that was asked everything several times. Same kernel, same object, same agent: an answer that
 * is not always the same is a flake, and is reported as one; nothing that failed once turns green by asking again.
 */
export function judgeRepeats(reports: readonly [KernelReport, ...KernelReport[]]): KernelReport {
  const [first, ...rest] = reports;
  if (first.status === 'unavailable' || rest.length === 0) return first;
  const booted = reports.filter((report): report is Booted => report.status !== 'unavailable');
  const broken = booted.findIndex(({ verdict }) => verdict.kind === 'infra');
  const of = `of ${reports.length}`;
  const bad = booted[broken];
  // What one run has proved of the agent is not undone by the machine of another.
  const proved = booted.some(({ verdict }) => verdict.kind === 'fail');
  if (bad !== undefined && !proved)
    return { ...bad, detail: `run ${broken + 1} ${of}: ${bad.detail}${logsOf(broken)}` };
  const answers = booted.map(answersOf);
  if (bad !== undefined) {
    const failed = booted.find(({ verdict }) => verdict.kind === 'fail') ?? first;
    return {
      ...failed,
      detail: `run ${broken + 1} ${of} broke: ${bad.detail}${logsOf(broken)}; another: ${failed.detail}`,
    };
  }
  const other = answers.findIndex((answer) => difference(answers[0] ?? answer, answer) !== null);
  if (other < 0)
    return { ...first, notes: [...first.notes, `REPEATED: ${reports.length} runs, the same verdicts in each`] };
  const what = difference(answers[0] ?? new Map(), answers[other] ?? new Map()) ?? '';
  return {
    ...first,
    verdict: { kind: 'fail', stage: 'run', code: 'FLAKY' },
    detail: `run ${other + 1} ${of} differs: ${what}${logsOf(other)}`,
  };
}

/** Where to read on, for a run whose logs are not where one looks first. */
function logsOf(index: number): string {
  return index === 0 ? '' : ` (its logs are in ${repeatFolder(index + 1)}/)`;
}

/** Every question with its answer, without what may differ: times, process numbers, addresses. */
function answersOf(report: Booted): ReadonlyMap<string, string> {
  const programs = report.objects.flatMap(({ object, programs }) =>
    programs.map((program): [string, string] => {
      const { load, attach } = program;
      return [`${object}: ${program.name}`, `${codeWord(load)}, ${codeWord(attach)}`];
    }),
  );
  const checks = report.scenarios.flatMap(({ checks, ...machine }) =>
    checks.map(({ class: name, scenario, check, outcome }): [string, string] => [
      `${machineLabel(machine)}: ${name}: ${scenario}: ${check}`,
      codeWord(outcome),
    ]),
  );
  return new Map([['verdict', codeWord(report.verdict)], ...programs, ...checks]);
}

function codeWord(answer: { readonly kind: string; readonly code?: string }): string {
  return answer.code === undefined ? answer.kind : `${answer.kind} ${answer.code}`;
}

/** The first answer that differs, or null. */
function difference(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string | null {
  for (const key of new Set([...other.keys(), ...one.keys()])) {
    const [before = 'not asked', after = 'not asked'] = [one.get(key), other.get(key)];
    // The verdict as a whole only says that something inside does.
    if (before !== after && key !== 'verdict') return `${key}: ${before}, then ${after}`;
  }
  return null;
}
