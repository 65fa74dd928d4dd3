// SPDX-License-Identifier: Apache-2.0
import { assertNever } from '../../model/assert-never.js';
import { ExitCode } from '../../model/exit-code.js';
import type { Verdict } from '../../model/verdict.js';
import type { Tone } from './tone.js';

/** Text for one table cell. */
export interface CellText {
  readonly text: string;
  readonly tone: Tone;
}

/** How a kind of result is shown. Its text is ASCII and short. */
export interface Label extends CellText {
  readonly symbol: string;
  readonly meaning: string;
}

export const verdictLabels: Readonly<Record<Verdict['kind'], Label>> = {
  pass: { text: 'pass', symbol: '✅', tone: 'good', meaning: 'ran and passed' },
  fail: { text: 'FAIL', symbol: '❌', tone: 'bad', meaning: 'the agent failed' },
  infra: { text: 'BROKEN', symbol: '💥', tone: 'bad', meaning: 'the machinery broke; the agent is not blamed' },
  unavailable: { text: 'absent', symbol: '⚠️', tone: 'warn', meaning: 'the kernel could not be had' },
};

/** Of a kernel; one that was left out by -x could have been had. */
export function verdictLabel(verdict: Verdict): Label {
  const { kind } = verdict;
  const label = verdictLabels[kind];
  if (kind !== 'unavailable' || verdict.reason !== 'NOT_RUN') return label;
  return { ...label, text: 'not run', meaning: 'the run ended before it' };
}

/** What one program came to on one kernel. */
export type CellKind =
  | 'ok'
  | 'part'
  | 'loaded'
  | 'unproven'
  | 'fail'
  | 'infra'
  | 'optional'
  | 'expected'
  | 'not-asked'
  | 'unknown'
  | 'unavailable';

/** In the order of a legend. */
export const cellLabels: Readonly<Record<CellKind, Label>> = {
  ok: { text: 'ok', symbol: '✅', tone: 'good', meaning: 'loaded and attached' },
  part: { text: 'part', symbol: '☑️', tone: 'warn', meaning: 'loaded without some of its programs' },
  loaded: {
    text: 'load',
    symbol: '☑️',
    tone: 'good',
    meaning: 'loaded; there is no place in the guest to attach it to',
  },
  unproven: { text: 'ok?', symbol: '🔸', tone: 'warn', meaning: 'loaded alone; attaching was not tried' },
  fail: { text: 'FAIL', symbol: '❌', tone: 'bad', meaning: 'failed, see below' },
  infra: { text: 'ERR', symbol: '💥', tone: 'bad', meaning: 'the machinery broke here' },
  optional: {
    text: 'opt',
    symbol: '➖',
    tone: 'warn',
    meaning: 'optional and not to be had here; does not fail the run',
  },
  expected: { text: 'xfail', symbol: '❎', tone: 'warn', meaning: 'fails here as the configuration expects' },
  'not-asked': { text: '.', symbol: '·', tone: 'dull', meaning: 'not tried' },
  unknown: { text: '?', symbol: '❔', tone: 'warn', meaning: 'the kernel broke before it was known' },
  unavailable: { text: '-', symbol: '⚠️', tone: 'dull', meaning: 'the kernel was not run, see below' },
};

const exitMeanings: Readonly<Record<ExitCode, string>> = {
  [ExitCode.ok]: 'every required kernel ran and passed',
  [ExitCode.incompatible]: 'an incompatibility or a regression',
  [ExitCode.usage]: 'usage or configuration error; nothing was booted',
  [ExitCode.incomplete]: 'machinery broke or a kernel could not be had; nothing failed',
  [ExitCode.interrupted]: 'interrupted',
};

export function exitLabel(exitCode: ExitCode): Label {
  const meaning = exitMeanings[exitCode];
  switch (exitCode) {
    case ExitCode.ok:
      return { text: 'PASS', symbol: '✅', tone: 'good', meaning };
    case ExitCode.incompatible:
      return { text: 'FAIL', symbol: '❌', tone: 'bad', meaning };
    case ExitCode.incomplete:
      return { text: 'INCOMPLETE', symbol: '⚠️', tone: 'warn', meaning };
    case ExitCode.usage:
      return { text: 'ERROR', symbol: '❌', tone: 'bad', meaning };
    case ExitCode.interrupted:
      return { text: 'INTERRUPTED', symbol: '⚠️', tone: 'warn', meaning };
    default:
      return assertNever(exitCode);
  }
}
