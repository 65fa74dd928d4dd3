// SPDX-License-Identifier: Apache-2.0
import type { RunEvent } from '../../model/events.js';
import type { ExpectationList } from '../../model/expectation.js';
import type { Flake, HistoryLine } from '../../model/history.js';
import type { RunReport } from '../../model/report.js';
import { hostProcessor } from '../../proc/processor.js';
import { appendHistory, type HistoryFault, readHistory } from '../../results/history.js';
import { SessionAnswers } from '../../results/session-answers.js';
import { flakesOf } from '../../verdict/flakes.js';
import { historyLineOf } from '../../verdict/history-line.js';
import { dataDigest } from '../reuse/digest.js';
import { judgeCode } from '../reuse/session-code.js';

/** What a history says of a run that has just ended. */
interface Remembered {
  /** With what cannot be read of the history among its notices. */
  readonly run: RunReport;
  readonly flakes: readonly Flake[];
}

/** A run in the history of a folder: held against the runs before it, and appended to them. */
export class HistoryRecorder {
  readonly #folder: string;
  readonly #answers = new SessionAnswers();
  #judge: Promise<string | null> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  onEvent(event: RunEvent): void {
    this.#answers.onEvent(event);
  }

  /** Read when the run has ended, so that one which ended meanwhile counts, too. `emit` takes what is worth a notice. */
  async remember(run: RunReport, emit: (event: RunEvent) => void): Promise<Remembered> {
    const { lines, faults } = await readHistory(this.#folder);
    const notices = faultNotices(faults);
    for (const text of notices) emit({ type: 'notice', text });
    const line = await this.#lineOf(run);
    return { run: { ...run, notices: [...run.notices, ...notices] }, flakes: flakesOf(line, lines) };
  }

  /** Throws what keeps the line from being written. */
  async append(report: RunReport): Promise<void> {
    await appendHistory(this.#folder, await this.#lineOf(report));
  }

  async #lineOf(report: RunReport): Promise<HistoryLine> {
    const { model, count } = hostProcessor();
    this.#judge ??= judgeDigest(report.expectations);
    const judge = await this.#judge;
    return historyLineOf(report, { cpu: model, cpus: count, judge, answers: this.#answers.all });
  }
}

/** Other judges come to other verdicts, and that is no flake. */
async function judgeDigest({ entries }: ExpectationList): Promise<string | null> {
  const code = await judgeCode();
  return code === null ? null : dataDigest([code, entries]).slice(0, 16);
}

/** Lines named; the others are counted. */
const shownFaults = 3;

function faultNotices(faults: readonly HistoryFault[]): readonly string[] {
  const rest = faults.length - shownFaults;
  return [
    ...faults.slice(0, shownFaults).map(({ place, what }) => `${place}: this line of the history is left out: ${what}`),
    ...(rest > 0 ? [`and ${rest} more lines of it`] : []),
  ];
}

/** The same of a run whose history nobody keeps, too. */
export async function rememberedRun(
  history: Pick<HistoryRecorder, 'remember'> | null | undefined,
  run: RunReport,
  emit: (event: RunEvent) => void,
): Promise<Remembered> {
  return history == null ? { run, flakes: [] } : history.remember(run, emit);
}
