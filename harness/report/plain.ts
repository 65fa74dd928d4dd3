import { assertNever } from '../model/assert-never.js';
import type { RunEvent } from '../model/events.js';
import type { KernelReport, ProgramReport, RunReport } from '../model/report.js';
import { casesOf, isBad, isHeld } from './cases.js';
import { checksOf, isFailed, labelOf, verdictLine, type FailedCheck } from './checks.js';
import type { TerminalStream } from './live-screen.js';
import { titleOf } from './live-state.js';
import { pageFor } from './page.js';
import { paletteFor, type Environment } from './palette.js';
import { CheckBatches } from './plain-batches.js';
import type { Reporter } from './reporter.js';
import { type Summary, summaryLines } from './summary.js';
import { oneLine } from './text.js';
import { codeOf, duration, verdictWords } from './words.js';

/** Columns that summaries are laid out for where nobody says how wide the page is: a CI log. */
const pageWidth = 120;

export interface TerminalOptions {
  readonly stream: TerminalStream;
  readonly env: Environment;
  readonly cwd: string;
  /** The last words; those of a run where there are no others. */
  readonly summary?: Summary;
}

/** One line an event, no cursor movement: for logs and pipes. Colours only when FORCE_COLOR asks for them. */
export class PlainReporter implements Reporter {
  readonly name = 'terminal';
  readonly #options: TerminalOptions;
  readonly #batches = new CheckBatches();

  constructor(options: TerminalOptions) {
    this.#options = options;
  }

  onEvent(event: RunEvent): void {
    const lines = [...this.#batches.take(event), ...plainLines(event)];
    if (lines.length > 0) this.#write(lines);
  }

  onEnd(report: RunReport, out: string): void {
    const { stream, env, cwd, summary = summaryLines } = this.#options;
    const page = pageFor(pageWidth, paletteFor(stream, env), out, cwd);
    this.#write(['', ...summary(report, page)]);
  }

  #write(lines: readonly string[]): void {
    this.#options.stream.write(lines.map((line) => `${line}\n`).join(''));
  }
}

/** None for what needs no line of its own: a program that is fine, and the end of the run; the summary says both. */
export function plainLines(event: RunEvent): readonly string[] {
  switch (event.type) {
    case 'run-started':
      return [oneLine(titleOf(event))];
    case 'notice':
      return [`note: ${oneLine(event.text)}`];
    case 'kernel-phase':
      return [`${event.kernel}: ${event.phase}${event.detail === '' ? '' : `: ${oneLine(event.detail)}`}`];
    case 'program-judged': {
      const words = judgement(event.program);
      const name = oneLine(`${event.object}/${event.program.name}`);
      return words === null ? [] : [`${event.kernel}: ${name}: ${words}`];
    }
    case 'checks-judged':
      return event.checks.filter(isFailed).map((check) => `${event.kernel}: ${failedLine(check)}`);
    case 'kernel-finished':
      return [`${event.report.id}: ${ending(event.report)}`];
    case 'run-finished':
      return [];
    default:
      return assertNever(event);
  }
}

function judgement(program: ProgramReport): string | null {
  const { load, attach, verdict } = program;
  const failed = [load, attach].find((step) => step.kind === 'failed');
  const word = isHeld(program) ? verdictWords[verdict.kind].word : 'optional';
  if (failed) return `${word} ${failed.code}: ${oneLine(failed.why.decidingLine)}`;
  return isHeld(program) ? `${word} ${codeOf(verdict) ?? ''}` : null;
}

function failedLine(check: FailedCheck): string {
  const { word } = verdictWords.fail;
  return `${labelOf(check)}: ${oneLine(`${check.scenario}, ${check.check}: ${word} ${verdictLine(check.outcome)}`)}`;
}

function ending(report: KernelReport): string {
  const word = verdictWords[report.verdict.kind].word;
  const code = report.status === 'broken' ? report.cause : codeOf(report.verdict);
  const said = `${word}${code === null ? '' : ` ${code}`}: ${oneLine(report.detail)}`;
  if (report.status === 'unavailable') return said;
  const bad = casesOf(report).filter((one) => isBad(one.outcome)).length + checksOf(report).filter(isFailed).length;
  return `${said}${bad === 0 ? '' : `; ${bad} failed`} (${duration(report.ms)})`;
}
