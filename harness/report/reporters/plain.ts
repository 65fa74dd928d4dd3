// SPDX-License-Identifier: Apache-2.0
import { machineLabel } from '../../contracts/registry.js';
import { assertNever } from '../../model/assert-never.js';
import { type CheckReport, type FailedCheck, isFailedCheck } from '../../model/check.js';
import type { RunEvent } from '../../model/events.js';
import type { KernelReport, ProgramReport } from '../../model/report.js';
import { verdictCode } from '../../model/verdict.js';
import type { Destination } from '../destination.js';
import { benchmarkPage } from '../pages/benchmark.js';
import { bisectionPage } from '../pages/bisection.js';
import { comparisonPage } from '../pages/comparison.js';
import { runPage } from '../pages/run.js';
import { selftestPage } from '../pages/selftest.js';
import { watchLines } from '../pages/watch.js';
import type { Reporter, ReporterDefinition, ReportKind, Reports, RunKind } from '../reporter.js';
import { failedAsExpected, doesVerdictCount } from '../../verdict/expectations.js';
import { junitCasesOf, isBadOutcome } from '../views/cases.js';
import { checksOf, checkLabel, checkTallyOf, checkTallyText } from '../views/checks.js';
import { verdictLabel, verdictLabels } from '../views/labels.js';
import { liveTitle } from '../views/live.js';
import { fitLines } from '../views/fit.js';
import { formatCount, formatDuration, shortDate, shortHash } from '../views/format.js';
import { type Verbosity, sizeOf, terminalPage, terminalPalette, type Page } from '../views/page.js';
import { advanceProgress, describeTimeLeft, noProgress } from '../views/progress.js';
import { oneLine } from '../views/text.js';
import { kernelTime } from '../views/totals.js';

/** One line an event, no cursor movement: for logs and pipes. Colours only when FORCE_COLOR asks for them. */
export const plainReporter: ReporterDefinition = {
  writes: 'stream',
  kinds: {
    run: (to) => new PlainReporter<'run'>('plain', to, ({ report, baseline }, page) => runPage(report, page, baseline)),
    comparison: (to) => new PlainReporter<'comparison'>('plain', to, comparisonPage),
    bisection: (to) => new PlainReporter<'bisection'>('plain', to, bisectionPage),
    benchmark: (to) => plainPage('plain', to, benchmarkPage),
    selftest: (to) => plainPage('plain', to, selftestPage),
    watch: (to) => plainWatch('plain', to),
  },
};

/** Lays out a finished report for a person. */
export type PageOf<R> = (report: R, page: Page) => readonly string[];

/** Columns that the end of a run is laid out for where nobody says how wide the page is: a CI log. */
const pageWidth = 120;

/** Lines as a run goes on, then its page. */
export class PlainReporter<K extends RunKind> implements Reporter<K> {
  readonly name: string;
  readonly #to: Destination;
  readonly #pageOf: PageOf<Reports[K]>;
  readonly #batches = new CheckBatches();
  readonly #noticed = new Set<string>();
  #progress = noProgress;
  #open = new Set<string>();

  constructor(name: string, to: Destination, pageOf: PageOf<Reports[K]>) {
    this.name = name;
    this.#to = to;
    this.#pageOf = pageOf;
  }

  onEvent(event: RunEvent): void {
    const { detail = 'normal' } = this.#to;
    if (detail === 'quiet') return;
    const batches = this.#batches.take(event);
    this.#progress = advanceProgress(this.#progress, event, performance.now());
    const lines = plainLines(event, detail).filter((line) => this.#isNew(event, line));
    writeLines(this.#to, [...batches, ...lines.map((line) => line + this.#stand(event))]);
  }

  onEnd(report: Reports[K]): void {
    const { stream, env, detail } = this.#to;
    const columns = stream.isTTY === true ? sizeOf(stream).columns : pageWidth;
    const page = terminalPage(columns, terminalPalette(stream, env), this.#to);
    writeLines(this.#to, [...(detail === 'quiet' ? [] : ['']), ...this.#pageOf(report, page)]);
  }

  /** What concerns the run as a whole is said once. */
  #isNew({ type }: RunEvent, line: string): boolean {
    if (type !== 'notice') return true;
    const isNew = !this.#noticed.has(line);
    this.#noticed.add(line);
    return isNew;
  }

  /** How far the run is when a kernel has ended, where others have not. */
  #stand(event: RunEvent): string {
    if (event.type === 'run-started') this.#open = new Set(event.kernels);
    if (event.type !== 'kernel-finished') return '';
    this.#open.delete(event.report.id);
    if (this.#open.size === 0) return '';
    const left = describeTimeLeft(this.#progress, performance.now());
    return `; ${formatCount(this.#open.size, 'kernel')} to go${left === '' ? '' : `, ${left}`}`;
  }
}

/** A page alone, as wide as the terminal; as wide as it gets where there is none. */
export function plainPage<K extends ReportKind>(
  name: string,
  to: Destination,
  pageOf: PageOf<Reports[K]>,
): Reporter<K> {
  return {
    name,
    onEnd: (report) => {
      writeLines(to, pageOf(report, widePage(to)));
    },
  };
}

/** What has come about in a watch, as it comes. */
export function plainWatch(name: string, to: Destination): Reporter<'watch'> {
  return {
    name,
    onEvent: (event) => {
      writeLines(to, watchLines(event, widePage(to)));
    },
  };
}

/** As wide as the terminal, without bounds where there is none. */
export function widePage(to: Destination): Page {
  const { stream, env } = to;
  const columns = stream.isTTY === true ? sizeOf(stream).columns : Number.POSITIVE_INFINITY;
  return terminalPage(columns, terminalPalette(stream, env), to);
}

/** On a terminal no line is broken within a word; anywhere else lines stay whole, for those who search them. */
function writeLines({ stream }: Destination, all: readonly string[]): void {
  const lines = stream.isTTY === true ? fitLines(all, sizeOf(stream).columns) : all;
  if (lines.length > 0) stream.write(lines.map((line) => `${line}\n`).join(''));
}

/** None for what needs no line of its own: a program that is fine, and the end of the run; the page has both. */
export function plainLines(event: RunEvent, detail: Verbosity = 'normal'): readonly string[] {
  switch (event.type) {
    case 'run-started':
      return [oneLine(liveTitle(event))];
    case 'notice':
      return [`note: ${oneLine(event.text)}`];
    case 'kernel-phase':
      return [phaseLine(event)];
    case 'program-judged':
      return programLines(event, detail);
    case 'checks-judged':
      return event.checks.filter(isFailedCheck).map((check) => `${event.kernel}: ${failedLine(check, event.contract)}`);
    case 'kernel-finished':
      return [`${event.report.id}: ${describeEnd(event.report)}`];
    case 'sessions-planned':
    case 'session-started':
    case 'run-finished':
      return [];
    case 'session-ended':
      return sessionLines(event, detail);
    default:
      return assertNever(event);
  }
}

function phaseLine({ kernel, phase, detail }: Extract<RunEvent, { type: 'kernel-phase' }>): string {
  return `${kernel}: ${phase}${detail === '' ? '' : `: ${oneLine(detail)}`}`;
}

/** A failure by its code alone: the page at the end says why, once for all kernels. */
function programLines(
  { kernel, object, program }: Extract<RunEvent, { type: 'program-judged' }>,
  detail: Verbosity,
): readonly string[] {
  const insns = program.stats?.insns ?? null;
  const fine = detail === 'verbose' ? `ok${insns === null ? '' : `, ${formatCount(insns, 'instruction')}`}` : null;
  const judgement = describeProgram(program) ?? fine;
  return judgement === null ? [] : [`${kernel}: ${oneLine(`${object}/${program.name}`)}: ${judgement}`];
}

function describeProgram(program: ProgramReport): string | null {
  const { load, attach, verdict } = program;
  const failed = [load, attach].find((step) => step.kind === 'failed');
  const excuse = failedAsExpected(program) ? 'expected' : 'optional';
  const label = doesVerdictCount(program) ? verdictLabels[verdict.kind].text : excuse;
  if (failed) return `${label} ${failed.code}`;
  return doesVerdictCount(program) ? `${label} ${verdictCode(verdict) ?? ''}` : null;
}

function sessionLines(
  { kernel, answer }: Extract<RunEvent, { type: 'session-ended' }>,
  detail: Verbosity,
): readonly string[] {
  if (detail !== 'verbose') return [];
  const { session, outcome, codes, since, ms, inputs } = answer;
  const took = since === null ? formatDuration(ms) : `answered ${shortDate(since)} UTC`;
  const known = inputs === null ? '' : `, inputs ${shortHash(inputs)}`;
  return [`${kernel}: ${session}: ${[outcome, ...codes].join(' ')}, ${took}${known}`];
}

function failedLine(check: FailedCheck, contract: string): string {
  const { scenario, check: name, outcome } = check;
  return `${checkLabel({ ...check, contract })}: ${oneLine(`${scenario}, ${name}`)}: ${verdictLabels.fail.text} ${outcome.code}`;
}

function describeEnd(report: KernelReport): string {
  const label = verdictLabel(report.verdict).text;
  const code = report.status === 'broken' ? report.cause : verdictCode(report.verdict);
  const start = `${label}${code === null ? '' : ` ${code}`}`;
  // Why is said at the end, with what to do.
  if (report.status === 'unavailable') return start;
  const end = report.status === 'broken' ? start : `${start}: ${oneLine(report.detail)}`;
  const bad =
    junitCasesOf(report).filter((one) => isBadOutcome(one.outcome)).length +
    checksOf(report).filter(isFailedCheck).length;
  return `${end}${bad === 0 ? '' : `; ${bad} failed`} (${kernelTime(report)})`;
}

/**
 * Counts checks until their kernel goes on to something else: they come a scenario at a time, and a line for each would
 * bury the failed ones.
 */
class CheckBatches {
  readonly #open = new Map<string, Map<string, readonly CheckReport[]>>();

  /** A line for each batch that ends with this event. */
  take(event: RunEvent): readonly string[] {
    switch (event.type) {
      case 'checks-judged':
        this.#add(event);
        return [];
      case 'kernel-phase':
        return this.#close(event.kernel);
      case 'kernel-finished':
        return this.#close(event.report.id);
      default:
        return [];
    }
  }

  #add({ kernel, checks, ...place }: Extract<RunEvent, { type: 'checks-judged' }>): void {
    const machine = machineLabel(place);
    const batches = this.#open.get(kernel) ?? new Map<string, readonly CheckReport[]>();
    batches.set(machine, [...(batches.get(machine) ?? []), ...checks]);
    this.#open.set(kernel, batches);
  }

  #close(kernel: string): readonly string[] {
    const batches = [...(this.#open.get(kernel) ?? [])];
    this.#open.delete(kernel);
    return batches
      .filter(([, checks]) => checks.length > 0)
      .map(([machine, checks]) => `${kernel}: ${machine}: ${checkTallyText(checkTallyOf(checks))}`);
  }
}
