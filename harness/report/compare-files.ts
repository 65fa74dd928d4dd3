import { join } from 'node:path';
import type { RunReport } from '../model/report.js';
import { writeFileAtomic } from '../proc/atomic.js';
import type { Comparison } from '../verdict/compare.js';
import { renderCompareMarkdown } from './compare-markdown.js';
import type { Reporter } from './reporter.js';

/** The bytes of `compare.json`. Equal comparisons give equal bytes. */
export function renderCompareJson(comparison: Comparison): string {
  return `${JSON.stringify(comparison, null, 2)}\n`;
}

/** Writes `compare.md` and `compare.json` into the report folder. */
export function compareReporter(compare: (report: RunReport) => Comparison): Reporter {
  return {
    name: 'compare',
    onEnd: async (report, out) => {
      const comparison = compare(report);
      await writeFileAtomic(join(out, 'compare.md'), renderCompareMarkdown(comparison));
      await writeFileAtomic(join(out, 'compare.json'), renderCompareJson(comparison));
    },
  };
}
