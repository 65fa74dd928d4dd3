// SPDX-License-Identifier: Apache-2.0
import type { CheckOutcome } from '../../model/check.js';
import type { RunReport } from '../../model/report.js';
import { checkLabel, checksOf, type PlacedCheck } from './checks.js';
import { formatCount, formatNumber } from './format.js';

type By = Extract<CheckOutcome, { kind: 'not-offered' }>['by'];

/** Why checks could not be asked, and which: `file: io_uring open`, each scenario once, with the kernels. */
export interface NotOfferedReason {
  readonly detail: string;
  readonly checks: number;
  readonly scenarios: readonly { readonly name: string; readonly kernels: readonly string[] }[];
}

export interface NotOfferedSide {
  readonly by: By;
  readonly checks: number;
  /** The most frequent first. */
  readonly reasons: readonly NotOfferedReason[];
}

interface Missed {
  readonly kernel: string;
  readonly check: PlacedCheck;
  readonly by: By;
  readonly detail: string;
}

/** What neither passed nor failed because the kernel or the agent does not have it. */
export function notOfferedSides(report: RunReport): readonly NotOfferedSide[] {
  const all = report.kernels.flatMap((kernel) =>
    checksOf(kernel).flatMap((check): readonly Missed[] => {
      const { outcome } = check;
      return outcome.kind === 'not-offered' ? [{ ...outcome, kernel: kernel.id, check }] : [];
    }),
  );
  return (['kernel', 'agent'] as const).flatMap((by) => {
    const own = all.filter((one) => one.by === by);
    return own.length === 0 ? [] : [{ by, checks: own.length, reasons: reasonsOf(own) }];
  });
}

function reasonsOf(missed: readonly Missed[]): readonly NotOfferedReason[] {
  return [...new Set(missed.map(({ detail }) => detail))]
    .map((detail) => {
      const own = missed.filter((one) => one.detail === detail);
      return { detail, checks: own.length, scenarios: scenariosOf(own) };
    })
    .sort((a, b) => b.checks - a.checks);
}

function scenariosOf(missed: readonly Missed[]): NotOfferedReason['scenarios'] {
  const kernels = new Map<string, Set<string>>();
  for (const { kernel, check } of missed) {
    const name = `${checkLabel(check)}: ${check.scenario}`;
    kernels.set(name, (kernels.get(name) ?? new Set()).add(kernel));
  }
  return [...kernels].map(([name, ids]) => ({ name, kernels: [...ids] }));
}

/** Reasons named for each side; the rest is counted. */
const namedReasons = 4;

/** `by the kernel 12 (no io_uring 8, no fanotify 4)`, `by the agent 3 (deny_bpf 3)`. */
export function describeNotOffered({ by, checks, reasons }: NotOfferedSide): string {
  const rest = reasons.slice(namedReasons);
  const counted = rest.reduce((sum, one) => sum + one.checks, 0);
  const named = reasons.slice(0, namedReasons).map((one) => `${one.detail} ${formatNumber(one.checks)}`);
  const others = rest.length === 0 ? [] : [`${formatCount(rest.length, 'other reason')} ${formatNumber(counted)}`];
  return `by the ${by} ${formatNumber(checks)} (${[...named, ...others].join(', ')})`;
}
