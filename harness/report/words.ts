import { assertNever } from '../model/assert-never.js';
import { capabilityName } from '../model/capability.js';
import { ExitCode } from '../model/exit-code.js';
import type { BootReport, RunReport } from '../model/report.js';
import type { FailureCode, InfraCause, UnavailableReason, Verdict } from '../model/verdict.js';

/** How a word feels; a terminal turns it into a colour, which never carries meaning alone. */
export type Tone = 'good' | 'bad' | 'warn' | 'dull';

export interface Word {
  /** ASCII, short enough for a table cell. */
  readonly word: string;
  readonly symbol: string;
  readonly tone: Tone;
  readonly meaning: string;
}

export type Code = FailureCode | InfraCause | UnavailableReason;

/** The code inside a verdict; null for a pass. */
export function codeOf(verdict: Verdict): Code | null {
  switch (verdict.kind) {
    case 'pass':
      return null;
    case 'fail':
      return verdict.code;
    case 'infra':
      return verdict.cause;
    case 'unavailable':
      return verdict.reason;
    default:
      return assertNever(verdict);
  }
}

export const verdictWords: Readonly<Record<Verdict['kind'], Word>> = {
  pass: { word: 'pass', symbol: '✅', tone: 'good', meaning: 'ran and passed' },
  fail: { word: 'FAIL', symbol: '❌', tone: 'bad', meaning: 'the agent failed' },
  infra: { word: 'BROKEN', symbol: '💥', tone: 'bad', meaning: 'the machinery broke; the agent is not blamed' },
  unavailable: { word: 'absent', symbol: '⚠️', tone: 'warn', meaning: 'the kernel could not be had' },
};

/** What one program came to on one kernel. */
export type CellKind =
  'ok' | 'loaded' | 'unproven' | 'fail' | 'infra' | 'optional' | 'not-asked' | 'unknown' | 'unavailable';

/** In the order a legend tells them. */
export const cellWords: Readonly<Record<CellKind, Word>> = {
  ok: { word: 'ok', symbol: '✅', tone: 'good', meaning: 'loaded and attached' },
  loaded: {
    word: 'load',
    symbol: '☑️',
    tone: 'good',
    meaning: 'loaded; there is no place in the guest to attach it to',
  },
  unproven: { word: 'ok?', symbol: '🔸', tone: 'warn', meaning: 'loaded alone; attaching was not tried' },
  fail: { word: 'FAIL', symbol: '❌', tone: 'bad', meaning: 'failed, see below' },
  infra: { word: 'ERR', symbol: '💥', tone: 'bad', meaning: 'the machinery broke here' },
  optional: {
    word: 'opt',
    symbol: '➖',
    tone: 'warn',
    meaning: 'optional and not to be had here; does not fail the run',
  },
  'not-asked': { word: '.', symbol: '·', tone: 'dull', meaning: 'not tried' },
  unknown: { word: '?', symbol: '❔', tone: 'warn', meaning: 'the kernel broke before it was known' },
  unavailable: { word: '-', symbol: '⚠️', tone: 'dull', meaning: 'the kernel could not be had' },
};

export const exitMeanings: Readonly<Record<ExitCode, string>> = {
  [ExitCode.ok]: 'every required kernel ran and passed',
  [ExitCode.incompatible]: 'an incompatibility or a regression',
  [ExitCode.usage]: 'usage or configuration error; nothing was booted',
  [ExitCode.incomplete]: 'machinery broke or a kernel could not be had; nothing failed',
  [ExitCode.interrupted]: 'interrupted',
};

export function exitWord(exitCode: ExitCode): Word {
  const meaning = exitMeanings[exitCode];
  switch (exitCode) {
    case ExitCode.ok:
      return { word: 'PASS', symbol: '✅', tone: 'good', meaning };
    case ExitCode.incompatible:
      return { word: 'FAIL', symbol: '❌', tone: 'bad', meaning };
    case ExitCode.incomplete:
      return { word: 'INCOMPLETE', symbol: '⚠️', tone: 'warn', meaning };
    case ExitCode.usage:
      return { word: 'ERROR', symbol: '❌', tone: 'bad', meaning };
    case ExitCode.interrupted:
      return { word: 'INTERRUPTED', symbol: '⚠️', tone: 'warn', meaning };
    default:
      return assertNever(exitCode);
  }
}

/** Enough of a hash for people; `run.json` has all of it. */
export function shortHash(sha256: string): string {
  return sha256.slice(0, 12);
}

/** `clang 19.1.7` out of a distribution's long version line, which is kept where it looks like nothing known. */
export function shortCompiler({ compiler }: { readonly compiler: string | null }): string {
  if (compiler === null) return 'compiler unknown';
  const known = /(clang|gcc|GCC)\b\D*(\d[\w.]*)/.exec(compiler);
  return known ? `${known[1] ?? ''} ${known[2] ?? ''}` : compiler;
}

type Loader = Pick<RunReport['options'], 'withoutCapabilities'>;

/** `loaded without CAP_PERFMON`; nothing of a loader with all capabilities. */
export function loaderWords({ withoutCapabilities: names }: Loader): readonly string[] {
  return names.length === 0 ? [] : [`loaded without ${names.map(capabilityName).join(', ')}`];
}

/** `1 kernel`, `3 kernels`, `1 234 checks`. */
export function countOf(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `12`, `1 234`: digits in threes. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** How a machine came up: `tcg 2.4 s cold`, `kvm 0.3 s restored`. */
export function bootWords({ accel, bootMs, start }: BootReport): string {
  return `${accel} ${duration(bootMs)} ${start}`;
}

/** Milliseconds as `0.4 s`, `12.3 s`, `3 min 05 s`. */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}
