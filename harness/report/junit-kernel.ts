import { assertNever } from '../model/assert-never.js';
import type { BrokenKernel, KernelReport, MissingKernel, RanKernel, RunReport, SourceLine } from '../model/report.js';
import { casesOf, hasOwnFault, ownFault, wholeObject, type Case, type Outcome } from './cases.js';
import { commandCases } from './command-junit.js';
import { propertiesOf } from './identity.js';
import type { JunitCase, JunitResult, JunitSuite } from './junit-model.js';
import { causeFacts, excerptLines, ladderLines, pathLines } from './why.js';

/** A kernel as a flat suite: its boot, a command, load and attach of every program, and each object as a whole. */
export function kernelSuite(kernel: KernelReport, report: RunReport): JunitSuite {
  if (kernel.status === 'unavailable') return absentSuite(kernel);
  return {
    name: kernel.id,
    time: kernel.ms / 1000,
    properties: propertiesOf(kernel, report),
    cases: [kernelCase(kernel), ...commandCases(kernel), ...casesOf(kernel).map((one) => programCase(kernel.id, one))],
    output: outputOf(kernel),
  };
}

function absentSuite(kernel: MissingKernel): JunitSuite {
  const text = [kernel.detail, ...kernel.tried.map((line) => `tried: ${line}`), `next: ${kernel.next}`].join('\n');
  const message = `${kernel.reason}: ${kernel.detail}`;
  const result: JunitResult = { kind: 'error', type: kernel.reason, message, text };
  return {
    name: kernel.id,
    time: 0,
    properties: [],
    cases: [{ classname: kernel.id, name: 'kernel', time: 0, source: null, result }],
    output: null,
  };
}

/** The kernel itself: red when its verdict is not explained by one of its programs. */
function kernelCase(kernel: RanKernel | BrokenKernel): JunitCase {
  const time = (kernel.boot?.bootMs ?? 0) / 1000;
  const base = { classname: kernel.id, name: 'kernel', time, source: null };
  if (!hasOwnFault(kernel)) return { ...base, result: { kind: 'passed' } };
  const { kind, code: type } = ownFault(kernel);
  const message = `${type}: ${kernel.detail}`;
  const text = kernel.status === 'broken' ? machineText(kernel) : kernel.detail;
  return { ...base, result: { kind: kind === 'fail' ? 'failure' : 'error', type, message, text } };
}

function machineText(kernel: BrokenKernel): string {
  const log = kernel.console === null ? 'none: QEMU never started' : kernel.console;
  return [kernel.detail, `next: ${kernel.next}`, `console: ${log}`, '', ...kernel.consoleTail].join('\n');
}

function programCase(kernel: string, one: Case): JunitCase {
  const why = 'why' in one.outcome ? one.outcome.why : null;
  return {
    classname: `${kernel}.${one.object}`,
    name: one.item === wholeObject ? wholeObject : `${one.item} ${one.step}`,
    time: one.seconds ?? 0,
    source: why?.source ?? null,
    result: resultOf(one.outcome),
  };
}

function resultOf(outcome: Outcome): JunitResult {
  switch (outcome.kind) {
    case 'pass':
      return { kind: 'passed' };
    case 'skipped':
      return { kind: 'skipped', message: outcome.reason };
    case 'told':
      return { kind: 'skipped', message: `optional: ${outcome.code}: ${outcome.why.decidingLine}` };
    case 'fail':
    case 'infra': {
      const message = outcome.why === null ? outcome.code : `${outcome.code}: ${outcome.why.decidingLine}`;
      const kind = outcome.kind === 'fail' ? 'failure' : 'error';
      return { kind, type: outcome.code, message, text: evidence(outcome) };
    }
    default:
      return assertNever(outcome);
  }
}

function evidence({ code, why }: Extract<Outcome, { kind: 'fail' | 'infra' }>): string {
  if (why === null) return `${code}\nno further evidence`;
  return [
    `${code} (${why.errno})`,
    why.decidingLine,
    ...place('at', why.source),
    ...place('from', why.origin),
    ...excerptLines(why),
    ...pathLines(why).map((line) => `via: ${line}`),
    ...ladderLines(why).map((line) => `tried: ${line}`),
    ...causeFacts(why).map(([label, text]) => `${label}: ${text}`),
    `log: ${why.log ?? 'none: nothing was written'}`,
  ].join('\n');
}

function place(label: string, source: SourceLine | null): readonly string[] {
  return source === null ? [] : [`${label}: ${source.file}:${source.line}: ${source.text.trim()}`];
}

/** Jenkins shows this beside every case of the suite; notes are short and concern them all. */
function outputOf(kernel: RanKernel | BrokenKernel): string | null {
  const lines = [...kernel.notes, ...(kernel.console === null ? [] : [`console: ${kernel.console}`])];
  return lines.length === 0 ? null : lines.join('\n');
}
