// SPDX-License-Identifier: Apache-2.0
import { isExactCost, type LineCost, type ProgramCost } from '../../model/cost.js';
import { errnoName } from '../../model/errno.js';
import type { KernelId } from '../../model/kernel.js';
import type { RunReport } from '../../model/report.js';
import { sharePercent } from '../../verdict/describe-blame.js';
import { formatNumber } from './format.js';

/** What the verifier spends on one program, kernels side by side. */
export interface CostTable {
  readonly object: string;
  readonly program: string;
  /** Those on which it was counted, in the order of the report. */
  readonly kernels: readonly { readonly id: KernelId; readonly cost: ProgramCost }[];
  /** Dearest first, by their greatest share on any kernel. */
  readonly rows: readonly CostRow[];
}

/** A line of the source in one function. */
export interface CostRow extends Pick<LineCost, 'function' | 'file' | 'line' | 'text'> {
  /** One a kernel; null where the verifier never comes to it. */
  readonly cells: readonly (LineCost | null)[];
}

/** One a program that was counted on some kernel, dearest first. */
export function costTables(report: RunReport): readonly CostTable[] {
  const tables = report.objects.flatMap(({ name }) => {
    const found = new Map<string, { id: KernelId; cost: ProgramCost }[]>();
    for (const kernel of report.kernels) {
      if (kernel.status === 'unavailable') continue;
      const programs = kernel.objects.find(({ object }) => object === name)?.programs ?? [];
      for (const { name: program, cost } of programs) {
        if (cost !== undefined) found.set(program, [...(found.get(program) ?? []), { id: kernel.id, cost }]);
      }
    }
    return [...found].map(([program, kernels]) => ({ object: name, program, kernels, rows: costRows(kernels) }));
  });
  return tables.sort((a, b) => dearest(b) - dearest(a));
}

const dearest = ({ kernels }: CostTable): number => Math.max(...kernels.map(({ cost }) => cost.counted));

function costRows(kernels: CostTable['kernels']): readonly CostRow[] {
  const rows = new Map<string, { row: Omit<CostRow, 'cells'>; cells: (LineCost | null)[]; share: number }>();
  for (const [at, { cost }] of kernels.entries()) {
    for (const line of cost.lines) {
      const key = JSON.stringify([line.function, line.file, line.line]);
      const row = rows.get(key) ?? { row: line, cells: kernels.map(() => null), share: 0 };
      row.cells[at] = line;
      row.share = Math.max(row.share, line.visits / cost.counted);
      rows.set(key, row);
    }
  }
  return [...rows.values()]
    .sort((a, b) => b.share - a.share)
    .map(({ row: { function: name, file, line, text }, cells }) => ({ function: name, file, line, text, cells }));
}

/** `file.bpf.h:49`; what has no line info says so. */
export function costPlace({ file, line }: Pick<LineCost, 'file' | 'line'>): string {
  return file === '' ? '(no line info)' : `${file.replace(/^.*\//, '')}:${line}`;
}

/** `239  18 %`. */
export function describeCostCell(cell: LineCost | null, { counted }: ProgramCost): string {
  return cell === null ? '-' : `${formatNumber(cell.visits)} (${sharePercent(cell.visits / counted)})`;
}

/** Null where the lines add up to what the verifier says that it visited. */
export function costFault(cost: ProgramCost): string | null {
  if (isExactCost(cost)) return null;
  const { counted, insns, logErrno } = cost;
  if (insns === null) return `not counted: the load with the whole log ended with ${errnoName(logErrno)}`;
  return `not exact: the lines have ${formatNumber(counted)} of ${formatNumber(insns)} instructions (the log ended with ${errnoName(logErrno)})`;
}
