// SPDX-License-Identifier: Apache-2.0
import type { StatLimit, StatLimits } from './manifest.js';

export type LimitedStat = 'insns' | 'states';

/** What a change of such a number is about: `aegis/deny_connect, insns`. `program`: `object/program`. */
export function statItem(program: string, stat: LimitedStat): string {
  return `${program}, ${stat}`;
}

/** The program alone: the other way round; what names no number stays as it is. */
export function withoutStat(item: string): string {
  return item.replace(/, (?:insns|states)$/, '');
}

/** What a number of a program may grow by. */
export function limitOf(limits: StatLimits, program: string, stat: LimitedStat): StatLimit {
  return limits.programs[program]?.[stat] ?? limits[stat];
}

/** More than the percentage and more than the floor. */
export function isRegression(before: number, now: number, { percent, floor }: StatLimit): boolean {
  return now - before > floor && (now - before) * 100 > before * percent;
}
