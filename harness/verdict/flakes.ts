// SPDX-License-Identifier: Apache-2.0
import type { Flake, HistoryLine } from '../model/history.js';
import type { RunFinding, RunReport } from '../model/report.js';
import type { SessionAnswer } from '../model/session-answer.js';
import { exitCodeOf } from './judge-run.js';

/** Answers to the same question that one is held against: what was flaky once is not red for ever. */
const window = 10;

interface Answered extends SessionAnswer {
  readonly kernel: string;
  readonly started: string;
}

/**
 * What a run answers otherwise than an earlier one, although nothing its answers depend on, and nothing that judges them, has
 * changed. A machine that broke has answered nothing. `earlier`: in their order.
 */
export function flakesOf(line: HistoryLine, earlier: readonly HistoryLine[]): readonly Flake[] {
  const before = new EarlierAnswers();
  for (const one of earlier) if (one.judge === line.judge) before.add(one);
  return before.flakesIn(line);
}

/** The last answers to each question, of lines in their order: a history is gone through once. */
export class EarlierAnswers {
  readonly #byQuestion = new Map<string, Answered[]>();

  add(line: HistoryLine): void {
    for (const one of answersIn(line)) {
      // One that was reused is an earlier one once more.
      if (one.since !== null) continue;
      const key = questionOf(line, one);
      const same = this.#byQuestion.get(key) ?? [];
      same.push(one);
      if (same.length > window) same.shift();
      this.#byQuestion.set(key, same);
    }
  }

  /** What `line` answers otherwise, as `flakesOf`. */
  flakesIn(line: HistoryLine): readonly Flake[] {
    if (line.judge === null) return [];
    return answersIn(line).flatMap((now): readonly Flake[] => {
      const same = this.#byQuestion.get(questionOf(line, now)) ?? [];
      const other = same.findLast((one) => answerText(one) !== answerText(now));
      if (other === undefined || now.inputs === null) return [];
      const { kernel, session, inputs } = now;
      return [{ kernel, session, inputs, now: answerText(now), before: answerText(other), on: other.started }];
    });
  }
}

/** Equal where nothing that an answer depends on, and nothing that judges it, is another. */
function questionOf({ judge }: HistoryLine, { kernel, inputs }: Answered): string {
  return JSON.stringify([judge, kernel, inputs]);
}

/** All that can be the same question. */
function answersIn({ kernels, started }: HistoryLine): readonly Answered[] {
  return kernels.flatMap(({ id, sessions }) =>
    sessions
      .filter(({ inputs, outcome }) => inputs !== null && (outcome === 'pass' || outcome === 'fail'))
      .map((one) => ({ ...one, kernel: id, started })),
  );
}

/** `pass`, `fail ENFORCEMENT_LEAK`. */
function answerText({ outcome, codes }: Pick<SessionAnswer, 'outcome' | 'codes'>): string {
  return [outcome, ...codes].join(' ');
}

/** The report with a finding for each kernel of which something is flaky. What fails now fails whatever it did before. */
export function withFlakes(report: RunReport, flakes: readonly Flake[]): RunReport {
  if (flakes.length === 0) return report;
  const kernels = [...new Set(flakes.map(({ kernel }) => kernel))];
  const added = kernels.map((kernel): RunFinding => {
    const own = flakes.filter((one) => one.kernel === kernel);
    const said = own.map(({ session, now, before, on }) => `${session} is ${now}, and was ${before} on ${on}`);
    const message = `${kernel}: the same inputs with another verdict: ${said.join('; ')}`;
    return { verdict: { kind: 'fail', stage: 'run', code: 'FLAKY' }, message };
  });
  const findings = [...report.findings, ...added];
  return { ...report, findings, exitCode: exitCodeOf(report.kernels, findings, report.options.available) };
}
