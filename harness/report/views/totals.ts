// SPDX-License-Identifier: Apache-2.0
import type { KernelReport, MissingKernel, Reused, RunReport } from '../../model/report.js';
import { sumOf } from '../../model/sum.js';
import { checksOf, checkTallyOf, checkTallyText } from './checks.js';
import { formatCount, formatDuration, shortDate } from './format.js';
import type { Grid } from './grid.js';
import { verdictLabel, verdictLabels, type CellKind } from './labels.js';

/** `3 kernels: 2 pass, 1 FAIL`. */
export function kernelTotals(report: RunReport): string {
  const counts = (Object.keys(verdictLabels) as (keyof typeof verdictLabels)[]).flatMap((kind) => {
    const texts = report.kernels
      .filter((kernel) => kernel.verdict.kind === kind)
      .map(({ verdict }) => verdictLabel(verdict).text);
    return [...new Set(texts)].map((text) => `${texts.filter((one) => one === text).length} ${text}`);
  });
  return `${formatCount(report.kernels.length, 'kernel')}: ${counts.join(', ') || 'none'}`;
}

/**
 * The time of all machines of a kernel, which may have run side by side: `41.2 s in 4 machines`; of one that was not asked
 * anew, or not for everything, `reused` and `41.2 s in 2 machines, 3 of 5 sessions reused`.
 */
export function kernelTime({ ms, scenarios, reused }: Exclude<KernelReport, MissingKernel>): string {
  if (reused !== undefined && reused.sessions === reused.of) return 'reused';
  const machines = scenarios.filter((machine) => machine.ms > 0).length + Number(ms > 0 || reused === undefined);
  const all = formatDuration(scenarios.reduce((sum, machine) => sum + machine.ms, ms));
  const asked = machines === 1 ? all : `${all} in ${formatCount(machines, 'machine')}`;
  if (reused === undefined) return asked;
  const inPart = reused.inPart === undefined ? '' : ` and ${reused.inPart.sessions} in part`;
  return `${asked}, ${reused.sessions}${inPart} of ${reused.of} sessions reused`;
}

/** `15 of 15 sessions are reused, ...`; nothing where all were asked anew. */
export function reusedTotals({ kernels }: Pick<RunReport, 'kernels'>): readonly string[] {
  const ran = kernels.flatMap((kernel) => (kernel.status === 'unavailable' ? [] : kernel));
  const reused = ran.flatMap((kernel) => kernel.reused ?? []);
  const [oldest] = reused.map(({ since }) => since).sort();
  if (oldest === undefined) return [];
  const sessions = sumOf(reused.map((one) => one.sessions));
  const on = `${shortDate(oldest)} UTC`;
  const all = sumOf(reused.map(({ of }) => of));
  return [
    `${sessions} of ${all} sessions reused: they passed since ${on}, and nothing they depend on has changed (--fresh asks anew)`,
    ...reusedInPart(reused),
  ];
}

/** `3 of 18 sessions reused in part: ptrace was asked anew`; nothing where none was. */
function reusedInPart(reused: readonly Reused[]): readonly string[] {
  const parts = reused.flatMap(({ inPart }) => inPart ?? []);
  if (parts.length === 0) return [];
  const anew = [...new Set(parts.flatMap((part) => part.anew))];
  const count = `${sumOf(parts.map(({ sessions }) => sessions))} of ${sumOf(reused.map(({ of }) => of))}`;
  return [
    `${count} sessions reused in part: attempts of ${anew.join(', ')} were made anew, with the agent and the policy of all classes`,
  ];
}

/** Loads and attaches counted once per program and kernel; the row of the whole object is not a program. */
export function programTotals(grids: readonly Grid[]): string {
  const kinds = grids.flatMap((grid) =>
    grid.rows.filter((row) => row.section !== null).flatMap((row) => row.cells.map((cell) => cell.kind)),
  );
  const known: Partial<Record<CellKind, string>> = {
    ok: 'ok',
    loaded: 'loaded only',
    unproven: 'not attached',
    fail: 'failed',
    infra: 'in error',
    optional: 'optional missing',
    expected: 'failed as expected',
    unknown: 'unknown',
  };
  const parts = (Object.entries(known) as [CellKind, string][])
    .map(([kind, text]) => ({ text, count: kinds.filter((one) => one === kind).length }))
    .filter(({ count }) => count > 0);
  const asked = parts.reduce((sum, part) => sum + part.count, 0);
  return `${formatCount(asked, 'program result')}: ${parts.map(({ text, count }) => `${count} ${text}`).join(', ') || 'none'}`;
}

/** Nothing where no scenarios ran. */
export function checkTotals(report: RunReport): readonly string[] {
  const checks = report.kernels.flatMap(checksOf);
  return checks.length === 0 ? [] : [checkTallyText(checkTallyOf(checks))];
}
