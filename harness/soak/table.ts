// SPDX-License-Identifier: Apache-2.0
import type { FaultKind } from './fault.js';
import type { Trial } from './trial.js';

/** The table kind, tried, right, and below it what was wrong. */
export function soakTable(kinds: readonly FaultKind[], trials: readonly Trial[]): readonly string[] {
  const rows = kinds.map(({ name, about }) => {
    const mine = trials.filter(({ kind }) => kind === name);
    return [name, mine.length, rightOf(mine), about] as const;
  });
  const row = ([name, tried, right, about]: readonly [string, number | string, number | string, string]): string =>
    `  ${name.padEnd(14)}${String(tried).padStart(6)}${String(right).padStart(7)}  ${about}`;
  const most = Math.max(0, ...trials.map(({ mebibytes }) => mebibytes));
  return [
    row(['kind', 'tried', 'right', '']).trimEnd(),
    ...rows.map(row),
    row(['all', trials.length, rightOf(trials), `the harness took ${most} MiB at most`]),
    ...trials.filter(({ wrong }) => wrong.length > 0).flatMap(wrongLines),
  ];
}

const rightOf = (trials: readonly Trial[]): number => trials.filter(({ wrong }) => wrong.length === 0).length;

export function wrongLines({ number, kind, what, wrong }: Trial): readonly string[] {
  return [`  WRONG ${number}: ${kind}: ${what}`, ...wrong.map((one) => `    ${one}`)];
}

/** `12 min left`, by what each took until now. */
export function timeLeft(trials: readonly Trial[], left: number, jobs: number): string {
  if (trials.length === 0) return '';
  const mean = trials.reduce((sum, { seconds }) => sum + seconds, 0) / trials.length;
  return `${Math.ceil((mean * left) / jobs / 60)} min left`;
}
