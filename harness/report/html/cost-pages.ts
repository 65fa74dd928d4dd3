// SPDX-License-Identifier: Apache-2.0
import type { LineCost } from '../../model/cost.js';
import type { RunReport } from '../../model/report.js';
import { costFault, type CostTable } from '../views/cost.js';
import { formatNumber } from '../views/format.js';
import { oneLine } from '../views/text.js';
import type { PageCost, PageCostFile, PageCostTotal, PageSources } from './page-data.js';

/** What the page lists of programs that were counted. */
export function pageCosts(report: RunReport, tables: readonly CostTable[]): readonly PageCost[] {
  return tables.map(({ object, program, kernels }) => ({
    object: oneLine(object),
    program,
    kernels: report.kernels.map(({ id }) => {
      const cost = kernels.find((one) => one.id === id)?.cost;
      return cost === undefined ? null : totalOf(cost);
    }),
  }));
}

function totalOf(cost: CostTable['kernels'][number]['cost']): PageCostTotal {
  const { insns, counted, totalStates } = cost;
  const states = totalStates === null ? '' : `, ${formatNumber(totalStates)} states`;
  return { text: `${formatNumber(insns ?? counted)} visited${states}`, fault: costFault(cost) };
}

/** Their source, file by file, with what each kernel spends on each line. */
export function pageSources(report: RunReport, tables: readonly CostTable[]): PageSources {
  const columns = report.kernels.map(({ id }) => id);
  return tables.map((table) => filesOf(table, columns));
}

type Line = PageCostFile['lines'][number];

function filesOf({ kernels, rows }: CostTable, columns: readonly string[]): readonly PageCostFile[] {
  const files = new Map<string, Map<number, Line>>();
  const at = columns.map((id) => kernels.findIndex((kernel) => kernel.id === id));
  for (const { file, line, text, cells } of rows) {
    const lines = files.get(file) ?? new Map<number, Line>();
    const known = lines.get(line)?.cells ?? columns.map(() => null);
    files.set(file, lines);
    lines.set(line, {
      line,
      text: oneLine(text),
      // A line may be in several functions of the program.
      cells: at.map((index, column) =>
        added(known[column] ?? null, cells[index] ?? null, kernels[index]?.cost.counted ?? 0),
      ),
    });
  }
  return [...files].map(([file, lines]) => ({
    file: oneLine(file),
    lines: [...lines.values()].sort((a, b) => a.line - b.line),
  }));
}

function added(known: Line['cells'][number], cell: LineCost | null, counted: number): Line['cells'][number] {
  if (cell === null) return known;
  const [visits = 0, , passes = 0] = known ?? [];
  const all = visits + cell.visits;
  return [all, Number((all / counted).toFixed(4)), passes + cell.passes];
}
