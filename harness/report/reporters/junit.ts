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
import { oneFileReporter } from '../destination.js';
import type { ReporterDefinition } from '../reporter.js';
import { junitCasesOf, hasKernelFault, kernelFault, wholeObject, type Case, type Outcome } from '../views/cases.js';
import { checksOf, describeFailedCheck, checkLabel, type FailedOutcome, type PlacedCheck } from '../views/checks.js';
import { findingOfCheck } from '../views/findings.js';
import { identityProperties } from '../views/identity.js';
import { verdictCode } from '../views/labels.js';
import { causeFacts, excerptLines, ladderLines, pathLines } from '../views/why.js';
import type { JunitCase, JunitResult, JunitRun, JunitSuite } from '../../model/junit.js';
import { renderJunit } from '../views/junit-xml.js';

/** `junit.xml` as its readers share it: flat suites, one message in one attribute, details as text. */
export const junitReporter: ReporterDefinition = {
  writes: 'file',
  kinds: { run: oneFileReporter('junit', 'junit.xml', ({ report }) => renderJunit(junitOf(report))) },
};

/** A suite a kernel, then one a kernel and class of checks, and one more for findings about the run as a whole. */
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
  if (kernel.status === 'unavailable') return { name: kernel.id, cases: [absentCase(kernel)] };
  const { id } = kernel;
  const cases = [
    kernelCase(kernel),
    ...commandCases(kernel),
    ...junitCasesOf(kernel).map((one) => programCase(id, one)),
  ];
  const properties = identityProperties(kernel, report);
  return { name: id, time: kernel.ms / 1000, properties, cases, output: kernelOutput(kernel) };
}

function absentCase({ id, reason, detail, tried, next }: MissingKernel): JunitCase {
  const text = [detail, ...tried.map((line) => `tried: ${line}`), `next: ${next}`].join('\n');
  return {
    classname: id,
    name: 'kernel',
    result: { kind: 'error', type: reason, message: `${reason}: ${detail}`, text },
  };
}

/** The kernel itself: red when its verdict is not explained by one of its programs. */
function kernelCase(kernel: RanKernel | BrokenKernel): JunitCase {
  const base = { classname: kernel.id, name: 'kernel', time: (kernel.boot?.bootMs ?? 0) / 1000 };
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
  const base = { classname: id, name: 'command', time: ms / 1000 };
  const type = verdictCode(verdict);
  if (type === null) return [{ ...base, result: { kind: 'passed' } }];
  const text = [detail, `stdout: ${stdout}`, `stderr: ${stderr}`, '', ...tail].join('\n');
  return [{ ...base, result: { kind: 'failure', type, message: `${type}: ${detail}`, text } }];
}

function programCase(kernel: string, one: Case): JunitCase {
  const why = 'why' in one.outcome ? one.outcome.why : null;
  return {
    classname: `${kernel}.${one.object}`,
    name: one.item === wholeObject ? wholeObject : `${one.item} ${one.step}`,
    time: one.seconds ?? 0,
    source: why?.source ?? null,
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
  const checks = checksOf(kernel);
  const suites = checkClasses.map((name): JunitSuite => {
    const cases = checks.filter((check) => check.class === name).map((check) => checkCase(kernel, check));
    return { name: `${kernel.id}.${name}`, cases };
  });
  return [machineSuite(kernel.id, kernel.scenarios), ...suites.filter(({ cases }) => cases.length > 0)];
}

/** A case a machine: that one broke must be red even when every check before it passed. */
function machineSuite(kernel: string, machines: readonly ScenarioReport[]): JunitSuite {
  const name = `${kernel}.machines`;
  return {
    name,
    time: machines.reduce((sum, { ms }) => sum + ms, 0) / 1000,
    properties: machines.map((one) => [`posture.${machineLabel(one)}`, one.posture ?? 'none'] as const),
    cases: machines.map((machine) => {
      return { classname: name, name: machineLabel(machine), time: machine.ms / 1000, result: machineResult(machine) };
    }),
    output: machines.map((one) => `${machineLabel(one)}: console: ${consolePlace(one.console)}`).join('\n'),
  };
}

function machineResult({ fault, console }: ScenarioReport): JunitResult {
  if (fault === null) return { kind: 'passed' };
  const text = machineText(fault.message, { ...fault, console });
  return { kind: 'error', type: fault.cause, message: `${fault.cause}: ${fault.message}`, text };
}

function checkCase(kernel: KernelReport, check: PlacedCheck): JunitCase {
  const classname = `${kernel.id}.${checkLabel(check)}`;
  return {
    classname,
    name: `${check.scenario}: ${check.check}`,
    result: checkResult(check, findingOfCheck(kernel, check)),
  };
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
  return { name: 'run', cases };
}
