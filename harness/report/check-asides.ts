import type { CheckOutcome, CheckReport } from '../model/check.js';
import type { RunReport } from '../model/report.js';
import { checksOf, labelOf } from './checks.js';
import { grouped } from './words.js';

/** An improvement: said to be out of reach, and met. */
export interface Gain {
  /** `network (override)`. */
  readonly label: string;
  readonly scenario: string;
  readonly check: string;
  readonly detail: string;
  readonly kernels: readonly string[];
}

/** Improvements in the order of kernels and checks, equal ones merged over kernels. */
export function gainsOf(report: RunReport): readonly Gain[] {
  const merged = new Map<string, Gain>();
  for (const kernel of report.kernels) {
    for (const check of checksOf(kernel)) {
      if (check.outcome.kind !== 'gained') continue;
      const { scenario, check, outcome } = check;
      const told = { label: labelOf(check), scenario, check, detail: outcome.detail };
      const key = JSON.stringify(told);
      merged.set(key, { ...told, kernels: [...(merged.get(key)?.kernels ?? []), kernel.id] });
    }
  }
  return [...merged.values()];
}

type NotOffered = Extract<CheckOutcome, { kind: 'not-offered' }>;

/** Reasons told of each side; the rest is counted. */
const toldReasons = 4;

/** `by the kernel 12 (no io_uring 8, no fanotify 4)`, `by the agent 3 (deny_bpf 3)`; most frequent reasons first. */
export function notOfferedTexts(report: RunReport): readonly string[] {
  const all = report.kernels.flatMap(checksOf).flatMap(notOffered);
  return (['kernel', 'agent'] as const).flatMap((by) => {
    const mine = all.filter((one) => one.by === by);
    return mine.length === 0 ? [] : [`by the ${by} ${grouped(mine.length)} (${reasons(mine)})`];
  });
}

function notOffered({ outcome }: CheckReport): readonly NotOffered[] {
  return outcome.kind === 'not-offered' ? [outcome] : [];
}

function reasons(all: readonly NotOffered[]): string {
  const counts = new Map<string, number>();
  for (const { detail } of all) counts.set(detail, (counts.get(detail) ?? 0) + 1);
  const often = [...counts].sort(([, a], [, b]) => b - a);
  const rest = often.slice(toldReasons).reduce((sum, [, count]) => sum + count, 0);
  const told = often.slice(0, toldReasons).map(([detail, count]) => `${detail} ${grouped(count)}`);
  return [...told, ...(rest === 0 ? [] : [`other reasons ${grouped(rest)}`])].join(', ');
}
