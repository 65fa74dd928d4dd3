// SPDX-License-Identifier: Apache-2.0
import { describeBaselineDiffs } from '../views/baseline.js';
import { type CostTable, costTables } from '../views/cost.js';
import { gridsOf } from '../views/grid.js';
import { exitLabel } from '../views/labels.js';
import { checkTotals, kernelTotals, programTotals, reusedTotals } from '../views/totals.js';
import { changeEntries } from './change-entries.js';
import { pageCosts } from './cost-pages.js';
import type { PageSource, PlacedEntry } from './entry.js';
import { findingEntries } from './finding-entries.js';
import { heatMaps } from './heat-maps.js';
import { aboutRun, pageKernel } from './kernel-parts.js';
import { loadEntries } from './load-entries.js';
import { machineEntries, runFindingEntries } from './machine-entries.js';
import { noteEntries } from './note-entries.js';
import { entryGroups, type PageData, pageSchema } from './page-data.js';

/** Everything that the page shows without being asked for logs or single checks. Pure. `costs`: of the same report. */
export function pageDataOf(
  source: PageSource,
  baseline: string | null,
  costs: readonly CostTable[] = costTables(source.report),
): PageData {
  const { report, diffs } = source;
  const { text, tone, meaning } = exitLabel(report.exitCode);
  const placed = placedEntries(source);
  const compared = diffs === null || baseline === null ? [] : [`${baseline}: ${describeBaselineDiffs(diffs)}`];
  return {
    schema: pageSchema,
    tool: `${report.tool.name} ${report.tool.version}`,
    started: report.started,
    verdict: { text, tone, meaning, exitCode: report.exitCode },
    totals: [
      kernelTotals(report),
      programTotals(gridsOf(report)),
      ...checkTotals(report),
      ...compared,
      ...reusedTotals(report),
    ],
    kernels: report.kernels.map((kernel) => pageKernel(kernel, report)),
    entries: placed.map(({ entry }) => entry),
    maps: heatMaps(report, placed),
    costs: pageCosts(report, costs),
    about: aboutRun(report),
  };
}

/** What a person should look at, in that order. */
export function placedEntries(source: PageSource): readonly PlacedEntry[] {
  const all = [
    ...changeEntries(source),
    ...runFindingEntries(source),
    ...loadEntries(source),
    ...findingEntries(source),
    ...machineEntries(source),
    ...noteEntries(source),
  ];
  return entryGroups.flatMap((group) => all.filter(({ entry }) => entry.group === group));
}
