// SPDX-License-Identifier: Apache-2.0
import type { CheckReport } from '../model/check.js';
import type { Expectation } from '../model/expectation.js';
import type { SessionAnswer } from '../model/session-answer.js';
import type { ScenarioSession, SessionResult } from '../results/session.js';
import { doesVerdictCount } from './expectations.js';
import { judgeKernel } from './judge-kernel.js';

/** What a session came to, with the codes of all that failed. */
type Outcome = Pick<SessionAnswer, 'outcome' | 'codes'>;

/** Of the session that loads the objects. */
export function loadOutcome(session: SessionResult, entries: readonly Expectation[]): Outcome {
  const report = judgeKernel({ kind: 'session', session, scenarios: [] }, entries);
  const { verdict } = report;
  if (verdict.kind === 'pass') return { outcome: 'pass', codes: [] };
  if (verdict.kind !== 'fail') return { outcome: 'infra', codes: verdict.kind === 'infra' ? [verdict.cause] : [] };
  const programs = report.status === 'unavailable' ? [] : report.objects.flatMap((object) => object.programs);
  const codes = programs
    .filter(doesVerdictCount)
    .flatMap((one) => (one.verdict.kind === 'fail' ? one.verdict.code : []));
  return { outcome: 'fail', codes: distinct([...codes, verdict.code]) };
}

/** Of a session that proves something of an agent. */
export function shareOutcome({ fault }: Pick<ScenarioSession, 'fault'>, checks: readonly CheckReport[]): Outcome {
  const outcomes = checks.map((check) => check.outcome);
  const codes = distinct(outcomes.flatMap((one) => (one.kind === 'fail' ? one.code : [])));
  if (codes.length > 0) return { outcome: 'fail', codes };
  if (fault !== null) return { outcome: 'infra', codes: [fault.cause] };
  const isWhole = outcomes.length > 0 && outcomes.every(({ kind }) => settled.has(kind));
  return { outcome: isWhole ? 'pass' : 'open', codes: [] };
}

/** Answers after which nothing is left to ask, and nothing failed. */
const settled: ReadonlySet<string> = new Set(['pass', 'gained', 'not-offered']);

const distinct = (codes: readonly string[]): readonly string[] => [...new Set(codes)].sort();
