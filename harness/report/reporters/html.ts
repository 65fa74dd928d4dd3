// SPDX-License-Identifier: Apache-2.0
import type { ManifestDiff } from '../../model/manifest.js';
import type { RunReport } from '../../model/report.js';
import type { Destination } from '../destination.js';
import { builtPageAssets } from '../html/assets.js';
import { checksTable } from '../html/checks-table.js';
import { pageSources } from '../html/cost-pages.js';
import { htmlDocument, type PageAssets } from '../html/document.js';
import { packedLogs } from '../html/logs.js';
import { pageDataOf } from '../html/page-data-of.js';
import type { ReporterDefinition } from '../reporter.js';
import { costTables } from '../views/cost.js';
import { docTarget } from '../views/doc-link.js';

export const htmlName = 'report.html';

/** One page for a browser, with everything in it that a person looks for after a run. */
export const htmlReporter: ReporterDefinition = {
  writes: 'file',
  kinds: {
    run: (to) => ({
      name: 'html',
      onEnd: async ({ report, baseline }) => {
        const compared = baseline?.diffs == null ? null : { folder: baseline.folder, diffs: baseline.diffs };
        await to.save(htmlName, await renderHtml(report, compared, to));
      },
    }),
  },
};

/** What the page says of a baseline: what `manifest-diff.json` has. */
export interface ComparedRun {
  readonly folder: string;
  readonly diffs: readonly ManifestDiff[];
}

/** The whole file. Equal reports beside equal logs give equal bytes. Throws where the program of the page was not built. */
export async function renderHtml(
  report: RunReport,
  compared: ComparedRun | null,
  to: Pick<Destination, 'env' | 'folder' | 'read'>,
  assets?: PageAssets,
): Promise<string> {
  const costs = costTables(report);
  const data = pageDataOf(
    { report, diffs: compared?.diffs ?? null, target: docTarget(to) },
    compared === null ? null : `baseline ${compared.folder}`,
    costs,
  );
  const logs = await packedLogs(data, to.read);
  const content = { data, checks: checksTable(report), sources: pageSources(report, costs), logs };
  return htmlDocument(content, assets ?? (await builtPageAssets()));
}
