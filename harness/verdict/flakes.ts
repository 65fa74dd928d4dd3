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
  if (line.judge === null) return [];
  // One that was reused is an earlier one once more.
  const before = earlier
    .filter(({ judge }) => judge === line.judge)
    .flatMap(answersIn)
    .filter(({ since }) => since === null);
  return answersIn(line).flatMap((now): readonly Flake[] => {
    const same = before.filter(({ inputs, kernel }) => inputs === now.inputs && kernel === now.kernel).slice(-window);
    const other = same.findLast((one) => answerText(one) !== answerText(now));
    if (other === undefined || now.inputs === null) return [];
    const { kernel, session, inputs } = now;
    return [{ kernel, session, inputs, now: answerText(now), before: answerText(other), on: other.started }];
  });
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
