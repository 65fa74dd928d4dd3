// SPDX-License-Identifier: Apache-2.0
import { machineLabel } from '../../contracts/registry.js';
import { assertNever } from '../../model/assert-never.js';
import { checkClasses, type CheckReport, type ScenarioReport } from '../../model/check.js';
import type { Finding } from '../../model/finding.js';
import type {
  BrokenKernel,
  KernelReport,
  MissingKernel,
  RanKernel,
  RunReport,
  SourceLine,
} from '../../model/report.js';
import { verdictCode } from '../../model/verdict.js';
import { oneFileReporter } from '../destination.js';
import type { ReporterDefinition } from '../reporter.js';
import { junitCasesOf, hasKernelFault, kernelFault, wholeObject, type Case, type Outcome } from '../views/cases.js';
import { describeFailedCheck, checkLabel, type FailedOutcome } from '../views/checks.js';
import { findingOfCheck } from '../views/findings.js';
import { identityProperties } from '../views/identity.js';
import { causeFacts, excerptLines, ladderLines, pathLines } from '../views/why.js';
import {
  type JunitCase,
  junitName,
  type JunitPart,
  type JunitResult,
  type JunitRun,
  type JunitSuite,
} from '../../model/junit.js';
import { renderJunit } from '../views/junit-xml.js';

/** `junit.xml` as its readers share it: flat suites, one message in one attribute, details as text. */
export const junitReporter: ReporterDefinition = {
  writes: 'file',
  kinds: { run: oneFileReporter('junit', junitName, ({ report }) => renderJunit(junitOf(report))) },
};

/** A suite a kernel about what it loads, then one a kernel and class of checks, and one more for findings about the run as a whole. */
export function junitOf(report: RunReport): JunitRun {
  const suites = [
    ...report.kernels.map((kernel) => kernelSuite(kernel, report)),
    ...report.kernels.flatMap(checkSuites),
    ...(report.findings.length === 0 ? [] : [findingSuite(report)]),
  ];
  return { name: report.tool.name, time: report.ms / 1000, started: report.started, suites };
}

/** A kernel as a flat suite: its boot, a command, load and attach of every program, and each object as a whole. */
function kernelSuite(kernel: KernelReport, report: RunReport): JunitSuite {
  const { id } = kernel;
  const place = { name: loadSuite(id), kernel: id, part: 'load' } as const;
  if (kernel.status === 'unavailable') return { ...place, cases: [absentCase(kernel)] };
  const cases = [
    kernelCase(kernel),
    ...commandCases(kernel),
    ...junitCasesOf(kernel).map((one) => programCase(id, one)),
  ];
  const properties = identityProperties(kernel, report);
  return { ...place, properties, cases, output: kernelOutput(kernel) };
}

/** Never an id alone: to a reader that looks for numbers, 5.10 is 5.1. */
function loadSuite(id: string): string {
  return `${id}.load`;
}

function absentCase({ id, reason, detail, tried, next }: MissingKernel): JunitCase {
  const text = [detail, ...tried.map((line) => `tried: ${line}`), `next: ${next}`].join('\n');
  return {
    classname: loadSuite(id),
    name: 'kernel',
    result: { kind: 'error', type: reason, message: `${reason}: ${detail}`, text },
  };
}

/** The kernel itself: red when its verdict is not explained by one of its programs. */
function kernelCase(kernel: RanKernel | BrokenKernel): JunitCase {
  const base = { classname: loadSuite(kernel.id), name: 'kernel', time: (kernel.boot?.bootMs ?? 0) / 1000 };
  if (!hasKernelFault(kernel)) return { ...base, result: { kind: 'passed' } };
  const { kind, code: type } = kernelFault(kernel);
  const message = `${type}: ${kernel.detail}`;
  const text = kernel.status === 'broken' ? machineText(kernel.detail, kernel) : kernel.detail;
  return { ...base, result: { kind: kind === 'fail' ? 'failure' : 'error', type, message, text } };
}

/** What broke on a machine, what to do next, and the end of its console. */
function machineText(what: string, machine: Pick<BrokenKernel, 'next' | 'console' | 'consoleTail'>): string {
  const { next, console, consoleTail } = machine;
  return [what, `next: ${next}`, `console: ${consolePlace(console)}`, '', ...consoleTail].join('\n');
}

function consolePlace(console: string | null): string {
  return console ?? 'none: QEMU never started';
}

/** Jenkins shows this beside every case of the suite; notes are short and concern them all. */
function kernelOutput({ notes, console }: RanKernel | BrokenKernel): string | null {
  const lines = [...notes, ...(console === null ? [] : [`console: ${console}`])];
  return lines.length === 0 ? null : lines.join('\n');
}

/** One case for the command of a run, none for a run without. */
function commandCases({ id, command }: RanKernel | BrokenKernel): readonly JunitCase[] {
  if (command === null) return [];
  const { verdict, detail, tail, stdout, stderr, ms } = command;
  const base = { classname: loadSuite(id), name: 'command', time: ms / 1000 };
  const type = verdictCode(verdict);
  if (type === null) return [{ ...base, result: { kind: 'passed' } }];
  const text = [detail, `stdout: ${stdout}`, `stderr: ${stderr}`, '', ...tail].join('\n');
  return [{ ...base, result: { kind: 'failure', type, message: `${type}: ${detail}`, text } }];
}

function programCase(kernel: string, one: Case): JunitCase {
  return {
    classname: `${kernel}.${one.object}`,
    name: one.item === wholeObject ? wholeObject : `${one.item} ${one.step}`,
    time: one.seconds ?? 0,
    result: programResult(one),
  };
}

function programResult({ outcome, note }: Case): JunitResult {
  switch (outcome.kind) {
    case 'pass':
      return { kind: 'passed' };
    case 'skipped':
      return { kind: 'skipped', message: outcome.reason };
    case 'optional':
    case 'expected': {
      const failure = `${outcome.code}: ${outcome.why.decidingLine}`;
      return { kind: 'skipped', message: note === null ? `optional: ${failure}` : `${note}; ${failure}` };
    }
    case 'fail':
    case 'infra': {
      const message = outcome.why === null ? outcome.code : `${outcome.code}: ${outcome.why.decidingLine}`;
      const kind = outcome.kind === 'fail' ? 'failure' : 'error';
      return { kind, type: outcome.code, message, text: programEvidence(outcome, note) };
    }
    default:
      return assertNever(outcome);
  }
}

function programEvidence({ code, why }: Extract<Outcome, { kind: 'fail' | 'infra' }>, note: string | null): string {
  const notes = note === null ? [] : [`note: ${note}`];
  if (why === null) return [code, 'no further evidence', ...notes].join('\n');
  return [
    `${code} (${why.errno})`,
    why.decidingLine,
    ...notes,
    ...sourceText('at', why.source),
    ...sourceText('from', why.origin),
    ...excerptLines(why),
    ...pathLines(why).map((line) => `via: ${line}`),
    ...ladderLines(why).map((line) => `tried: ${line}`),
    ...causeFacts(why).map(([label, text]) => `${label}: ${text}`),
    `log: ${why.log ?? 'none: nothing was written'}`,
  ].join('\n');
}

function sourceText(label: string, source: SourceLine | null): readonly string[] {
  return source === null ? [] : [`${label}: ${source.file}:${source.line}: ${source.text.trim()}`];
}

/** The machines that ran scenarios on a kernel, then a suite a class; none where no scenarios ran. */
function checkSuites(kernel: KernelReport): readonly JunitSuite[] {
  if (kernel.status === 'unavailable' || kernel.scenarios.length === 0) return [];
  const cases = kernel.scenarios.flatMap((machine) => checkCases(kernel, machine));
  const suites = checkClasses.map((part): JunitSuite => {
    const own = cases.filter((one) => one.part === part).map((one) => one.case);
    return { name: `${kernel.id}.${part}`, kernel: kernel.id, part, cases: own };
  });
  return [machineSuite(kernel.id, kernel.scenarios), ...suites.filter((suite) => suite.cases.length > 0)];
}

/** A case a machine: that one broke must be red even when every check before it passed. */
function machineSuite(kernel: string, machines: readonly ScenarioReport[]): JunitSuite {
  const name = `${kernel}.machines`;
  return {
    name,
    kernel,
    part: 'machines',
    properties: machines.map((one) => [`posture.${machineLabel(one)}`, one.posture ?? 'none'] as const),
    cases: machines.map((machine) => {
      const time = (machine.ms - checksMs(machine)) / 1000;
      return { classname: name, name: machineLabel(machine), time, result: machineResult(machine) };
    }),
    output: machines.map((one) => `${machineLabel(one)}: console: ${consolePlace(one.console)}`).join('\n'),
  };
}

/** What a machine took after its boot; none of it where it made no check. */
function checksMs({ ms, bootMs, checks }: ScenarioReport): number {
  return checks.length === 0 ? 0 : Math.max(0, ms - (bootMs ?? 0));
}

function machineResult({ fault, console }: ScenarioReport): JunitResult {
  if (fault === null) return { kind: 'passed' };
  const text = machineText(fault.message, { ...fault, console });
  return { kind: 'error', type: fault.cause, message: `${fault.cause}: ${fault.message}`, text };
}

/** Attempts are made many at a time, so that each check has an equal share of what its machine took for all of them. */
function checkCases(kernel: KernelReport, machine: ScenarioReport): readonly { part: JunitPart; case: JunitCase }[] {
  const time = checksMs(machine) / machine.checks.length / 1000;
  return machine.checks.map((check) => {
    const placed = { ...check, contract: machine.contract };
    return {
      part: check.class,
      case: {
        classname: `${kernel.id}.${checkLabel(placed)}`,
        name: `${check.scenario}: ${check.check}`,
        time,
        result: checkResult(check, findingOfCheck(kernel, placed)),
      },
    };
  });
}

function checkResult({ outcome, attempt }: CheckReport, finding: Finding | undefined): JunitResult {
  switch (outcome.kind) {
    case 'pass':
      return { kind: 'passed' };
    case 'fail': {
      const message = describeFailedCheck(outcome);
      return { kind: 'failure', type: outcome.code, message, text: checkEvidence(outcome, attempt, finding) };
    }
    case 'gained':
      return { kind: 'skipped', message: `gained, an improvement to write down: ${outcome.detail}` };
    case 'not-offered':
      return { kind: 'skipped', message: `not offered by the ${outcome.by}: ${outcome.detail}` };
    case 'unproved':
      return {
        kind: 'skipped',
        message: `unproved: ${outcome.detail}${finding === undefined ? '' : ` (${finding.title})`}`,
      };
    default:
      return assertNever(outcome);
  }
}

/** The finding first: of many checks that fail for one reason each says which. */
function checkEvidence(outcome: FailedOutcome, attempt: string | null, finding: Finding | undefined): string {
  const tried = attempt === null ? [] : [`attempt: ${attempt}`];
  const cause = finding === undefined ? [] : [`${finding.code}: ${finding.title}`, ''];
  return [...cause, describeFailedCheck(outcome), ...tried, ...outcome.evidence].join('\n');
}

function findingSuite({ findings }: RunReport): JunitSuite {
  const cases = findings.map(({ verdict, message }): JunitCase => {
    const type = verdictCode(verdict) ?? verdict.kind;
    const kind = verdict.kind === 'fail' ? 'failure' : 'error';
    return { classname: 'run', name: type, result: { kind, type, message, text: message } };
  });
  return { name: 'run', kernel: null, part: 'run', cases };
}
