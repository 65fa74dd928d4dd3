// SPDX-License-Identifier: Apache-2.0
import type { KernelReport, MissingKernel, RunReport } from '../../model/report.js';
import { checksOf, checkTallyOf, checkTallyText } from './checks.js';
import { formatCount, formatDuration } from './format.js';
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

/** The time of all machines of a kernel, which may have run side by side: `41.2 s in 4 machines`. */
export function kernelTime({ ms, scenarios }: Exclude<KernelReport, MissingKernel>): string {
  const started = scenarios.filter((machine) => machine.ms > 0);
  const all = formatDuration(started.reduce((sum, machine) => sum + machine.ms, ms));
  return started.length === 0 ? all : `${all} in ${formatCount(started.length + 1, 'machine')}`;
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
