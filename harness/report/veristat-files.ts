import { join } from 'node:path';
import type { KernelId } from '../model/kernel.js';
import type { Manifest } from '../model/manifest.js';
import { writeFileAtomic } from '../proc/atomic.js';
import { veristatName } from '../results/paths.js';
import { veristatCsv } from '../results/veristat-csv.js';
import { isComplete, manifestOf } from '../verdict/manifest-of.js';
import type { Reporter } from './reporter.js';
import { renderVeristat } from './veristat-markdown.js';

/** Writes `veristat/<kernel>.csv` and `veristat.md`; nothing when no kernel ran to its end. */
export function veristatReporter(baseline: ReadonlyMap<KernelId, Manifest>): Reporter {
  return {
    name: 'veristat',
    onEnd: async (report, out) => {
      const kernels = report.kernels.filter(isComplete);
      if (kernels.length === 0) return;
      for (const kernel of kernels) {
        await writeFileAtomic(join(out, 'veristat', veristatName(kernel.id)), veristatCsv(report.objects, kernel));
      }
      const manifests = kernels.map((kernel) => manifestOf(report, kernel));
      await writeFileAtomic(join(out, 'veristat.md'), renderVeristat(manifests, baseline));
    },
  };
}
