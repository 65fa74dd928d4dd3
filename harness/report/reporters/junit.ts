// SPDX-License-Identifier: Apache-2.0
import { assertNever } from '../../model/assert-never.js';
import { checkClasses, type CheckReport, type ScenarioReport } from '../../model/check.js';
import type {
  BrokenKernel,
  KernelReport,
  MissingKernel,
  RanKernel,
  RunReport,
  SourceLine,
} from '../../model/report.js';
import { oneFile } from '../destination.js';
import type { ReporterDefinition } from '../reporter.js';
import { casesOf, hasOwnFault, ownFault, wholeObject, type Case, type Outcome } from '../views/cases.js';
import { checksOf, describeFailure, labelOf, type FailedOutcome } from '../views/checks.js';
import { propertiesOf } from '../views/identity.js';
import { codeOf } from '../views/labels.js';
import { causeFacts, excerptLines, ladderLines, pathLines } from '../views/why.js';
import { attributes, renderXml, xmlAttribute, xmlText, type XmlNode } from '../views/xml.js';

/** `junit.xml` as its readers share it: flat suites, one message in one attribute, details as text. */
export const junitReporter: ReporterDefinition = {
  writes: 'file',
  kinds: { run: oneFile('junit', 'junit.xml', ({ report }) => renderJunit(junitOf(report))) },
};

/** What a JUnit file holds; results/junit-read.ts reads the same back. */
export interface JunitRun {
  readonly name: string;
  /** Seconds. */
  readonly time: number;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly suites: readonly Suite[];
}

type Result =
  | { readonly kind: 'passed' }
  | { readonly kind: 'skipped'; readonly message: string }
  /** `failure` is the agent's fault, `error` that of the machinery. A case never has both. */
  | { readonly kind: 'failure' | 'error'; readonly type: string; readonly message: string; readonly text: string };

interface TestCase {
  readonly classname: string;
  readonly name: string;
  readonly result: Result;
  /** Seconds; 0 when left out. */
  readonly time?: number;
  readonly source?: { readonly file: string; readonly line: number } | null;
}

interface Suite {
  readonly name: string;
  readonly cases: readonly TestCase[];
  /** Seconds; 0 when left out. */
  readonly time?: number;
  readonly properties?: readonly (readonly [string, string])[];
  readonly output?: string | null;
}

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
function kernelSuite(kernel: KernelReport, report: RunReport): Suite {
  if (kernel.status === 'unavailable') return { name: kernel.id, cases: [absentCase(kernel)] };
  const { id } = kernel;
  const cases = [kernelCase(kernel), ...commandCases(kernel), ...casesOf(kernel).map((one) => programCase(id, one))];
  const properties = propertiesOf(kernel, report);
  return { name: id, time: kernel.ms / 1000, properties, cases, output: kernelOutput(kernel) };
}

function absentCase({ id, reason, detail, tried, next }: MissingKernel): TestCase {
  const text = [detail, ...tried.map((line) => `tried: ${line}`), `next: ${next}`].join('\n');
  return {
    classname: id,
    name: 'kernel',
    result: { kind: 'error', type: reason, message: `${reason}: ${detail}`, text },
  };
}

/** The kernel itself: red when its verdict is not explained by one of its programs. */
function kernelCase(kernel: RanKernel | BrokenKernel): TestCase {
  const base = { classname: kernel.id, name: 'kernel', time: (kernel.boot?.bootMs ?? 0) / 1000 };
  if (!hasOwnFault(kernel)) return { ...base, result: { kind: 'passed' } };
  const { kind, code: type } = ownFault(kernel);
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
function commandCases({ id, command }: RanKernel | BrokenKernel): readonly TestCase[] {
  if (command === null) return [];
  const { verdict, detail, tail, stdout, stderr, ms } = command;
  const base = { classname: id, name: 'command', time: ms / 1000 };
  const type = codeOf(verdict);
  if (type === null) return [{ ...base, result: { kind: 'passed' } }];
  const text = [detail, `stdout: ${stdout}`, `stderr: ${stderr}`, '', ...tail].join('\n');
  return [{ ...base, result: { kind: 'failure', type, message: `${type}: ${detail}`, text } }];
}

function programCase(kernel: string, one: Case): TestCase {
  const why = 'why' in one.outcome ? one.outcome.why : null;
  return {
    classname: `${kernel}.${one.object}`,
    name: one.item === wholeObject ? wholeObject : `${one.item} ${one.step}`,
    time: one.seconds ?? 0,
    source: why?.source ?? null,
    result: programResult(one.outcome),
  };
}

function programResult(outcome: Outcome): Result {
  switch (outcome.kind) {
    case 'pass':
      return { kind: 'passed' };
    case 'skipped':
      return { kind: 'skipped', message: outcome.reason };
    case 'optional':
      return { kind: 'skipped', message: `optional: ${outcome.code}: ${outcome.why.decidingLine}` };
    case 'fail':
    case 'infra': {
      const message = outcome.why === null ? outcome.code : `${outcome.code}: ${outcome.why.decidingLine}`;
      const kind = outcome.kind === 'fail' ? 'failure' : 'error';
      return { kind, type: outcome.code, message, text: programEvidence(outcome) };
    }
    default:
      return assertNever(outcome);
  }
}

function programEvidence({ code, why }: Extract<Outcome, { kind: 'fail' | 'infra' }>): string {
  if (why === null) return `${code}\nno further evidence`;
  return [
    `${code} (${why.errno})`,
    why.decidingLine,
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
function checkSuites(kernel: KernelReport): readonly Suite[] {
  if (kernel.status === 'unavailable' || kernel.scenarios.length === 0) return [];
  const checks = checksOf(kernel);
  const suites = checkClasses.map((name): Suite => {
    const cases = checks.filter((check) => check.class === name).map((check) => checkCase(kernel.id, check));
    return { name: `${kernel.id}.${name}`, cases };
  });
  return [machineSuite(kernel.id, kernel.scenarios), ...suites.filter(({ cases }) => cases.length > 0)];
}

/** A case a machine: that one broke must be red even when every check before it passed. */
function machineSuite(kernel: string, machines: readonly ScenarioReport[]): Suite {
  const name = `${kernel}.machines`;
  return {
    name,
    time: machines.reduce((sum, { ms }) => sum + ms, 0) / 1000,
    properties: machines.map(({ environment, posture }) => [`posture.${environment}`, posture ?? 'none'] as const),
    cases: machines.map((machine) => {
      return { classname: name, name: machine.environment, time: machine.ms / 1000, result: machineResult(machine) };
    }),
    output: machines.map(({ environment, console }) => `${environment}: console: ${consolePlace(console)}`).join('\n'),
  };
}

function machineResult({ fault, console }: ScenarioReport): Result {
  if (fault === null) return { kind: 'passed' };
  const text = machineText(fault.message, { ...fault, console });
  return { kind: 'error', type: fault.cause, message: `${fault.cause}: ${fault.message}`, text };
}

function checkCase(kernel: string, check: CheckReport): TestCase {
  const classname = `${kernel}.${labelOf(check)}`;
  return { classname, name: `${check.scenario}: ${check.check}`, result: checkResult(check) };
}

function checkResult({ outcome, attempt }: CheckReport): Result {
  switch (outcome.kind) {
    case 'pass':
      return { kind: 'passed' };
    case 'fail': {
      const message = describeFailure(outcome);
      return { kind: 'failure', type: outcome.code, message, text: checkEvidence(outcome, attempt) };
    }
    case 'gained':
      return { kind: 'skipped', message: `gained, an improvement to write down: ${outcome.detail}` };
    case 'not-offered':
      return { kind: 'skipped', message: `not offered by the ${outcome.by}: ${outcome.detail}` };
    case 'unproved':
      return { kind: 'skipped', message: `unproved: ${outcome.detail}` };
    default:
      return assertNever(outcome);
  }
}

function checkEvidence(outcome: FailedOutcome, attempt: string | null): string {
  const tried = attempt === null ? [] : [`attempt: ${attempt}`];
  return [describeFailure(outcome), ...tried, ...outcome.evidence].join('\n');
}

function findingSuite({ findings }: RunReport): Suite {
  const cases = findings.map(({ verdict, message }): TestCase => {
    const type = codeOf(verdict) ?? verdict.kind;
    const kind = verdict.kind === 'fail' ? 'failure' : 'error';
    return { classname: 'run', name: type, result: { kind, type, message, text: message } };
  });
  return { name: 'run', cases };
}

/** The bytes of a JUnit file. */
export function renderJunit({ name, time, started, suites }: JunitRun): string {
  const all = unique(suites);
  return renderXml({
    testsuites: {
      ...attributes({ name, ...counts(all.flatMap(({ cases }) => cases)), time: seconds(time) }),
      testsuite: all.map((suite) => suiteNode(suite, started)),
    },
  });
}

/**
 * Makes every classname + name unique over the run: some readers drop the second of two equal ones in silence. Names
 * count as they will stand in the file, where different control bytes look the same.
 */
function unique(suites: readonly Suite[]): readonly Suite[] {
  const seen = new Set<string>();
  const taken = (classname: string, name: string): boolean => {
    const key = `${xmlAttribute(classname)}\n${xmlAttribute(name)}`;
    return seen.size === seen.add(key).size;
  };
  const renamed = (one: TestCase): TestCase => {
    let name = one.name;
    for (let n = 2; taken(one.classname, name); n++) name = `${one.name} (${n})`;
    return { ...one, name };
  };
  return suites.map((suite) => ({ ...suite, cases: suite.cases.map(renamed) }));
}

function suiteNode({ name, cases, time = 0, properties = [], output = null }: Suite, started: string): XmlNode {
  // Readers that follow the XSD want the time without a zone.
  const timestamp = started.slice(0, 19);
  const property = properties.map(([key, value]) => attributes({ name: key, value }));
  return {
    ...attributes({ name, ...counts(cases), time: seconds(time), timestamp }),
    ...(property.length === 0 ? {} : { properties: { property } }),
    testcase: cases.map(caseNode),
    ...(output === null ? {} : { 'system-out': xmlText(output) }),
  };
}

function caseNode({ classname, name, time = 0, source = null, result }: TestCase): XmlNode {
  const place = source === null ? {} : { file: source.file, line: String(source.line) };
  return { ...attributes({ classname, name, time: seconds(time), ...place }), ...resultNode(result) };
}

function resultNode(result: Result): XmlNode {
  switch (result.kind) {
    case 'passed':
      return {};
    case 'skipped':
      return { skipped: attributes({ message: result.message }) };
    case 'failure':
    case 'error': {
      const { message, type } = result;
      return { [result.kind]: { ...attributes({ message, type }), '#text': xmlText(result.text) } };
    }
    default:
      return assertNever(result);
  }
}

function counts(cases: readonly TestCase[]): Readonly<Record<string, string>> {
  const of = (kind: Result['kind']): string => String(cases.filter((one) => one.result.kind === kind).length);
  return { tests: String(cases.length), failures: of('failure'), errors: of('error'), skipped: of('skipped') };
}

function seconds(time: number): string {
  return time.toFixed(3);
}
