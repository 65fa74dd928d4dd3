import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { MatrixConfig } from '../../../config/file.js';
import { UsageError } from '../../../model/errors.js';
import { defaultStatLimits, type StatLimits } from '../../../model/manifest.js';
import type { RunReport } from '../../../model/report.js';
import { baselineWriter, manifestDiffReporter, manifestReporter } from '../../../report/manifest-files.js';
import type { Reporter } from '../../../report/reporter.js';
import { veristatReporter } from '../../../report/veristat-files.js';
import { type Baseline, readBaseline } from '../../../results/manifest.js';
import { makeFolder } from '../../../results/out-dir.js';
import { type BaselineOptions, compareBaseline, withBaseline } from '../../../verdict/baseline.js';
import { defaultBaseline } from '../../common-flags.js';
import { withoutCapability } from '../../loader-flags.js';
import type { RunFlags } from './flags.js';

/** What a run is compared with, and how. */
export interface BaselineTask extends BaselineOptions {
  readonly folder: string;
  /** Null when there is nothing to compare with. */
  readonly manifests: Baseline | null;
}

/**
 * A run of a part is compared only with what is named, and never rewrites.
 * @throws UsageError for a baseline that cannot be read, or that --update could not write.
 */
export async function baselineOf(flags: RunFlags, config: MatrixConfig): Promise<BaselineTask> {
  const part = partOf(flags);
  const update = flags.update === true;
  if (update && part !== null) {
    throw new UsageError({
      message: `--update makes a whole run the baseline, and ${part} makes this one a part`,
      next: `leave ${part} out; --baseline without --update compares a part`,
    });
  }
  const named = flags.baseline !== undefined;
  const folder = flags.baseline ?? defaultBaseline;
  const options = { scope: part === null ? 'whole' : 'part', limits: limitsOf(config), update, named } as const;
  if (part !== null && !named) return { ...options, folder, manifests: null };
  const manifests = await readBaseline(folder);
  if (update) {
    await writable(folder);
    return { ...options, folder, manifests: manifests ?? new Map() };
  }
  if (manifests !== null || !named) return { ...options, folder, manifests };
  throw new UsageError({
    message: `--baseline ${folder}: there is no such folder`,
    next: 'make it with a whole run and --update',
  });
}

/** The flag that leaves something out of a run, or makes it one about other machines or another loader. */
function partOf({ only, object, clang, lsm, append, withoutCapability: without }: RunFlags): string | null {
  if (only !== undefined) return '--only';
  if (object !== undefined) return '--object';
  if (clang !== undefined) return '--clang';
  if (lsm !== undefined) return '--lsm';
  if (without !== undefined) return withoutCapability;
  return append === undefined ? null : '--append';
}

/** Explained2 before anything boots, and not after an hour. */
async function writable(folder: string): Promise<void> {
  try {
    await makeFolder(resolve(folder));
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw new UsageError({
      message: `--update: ${folder} cannot be written (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'})`,
      next: 'name a folder you may write with --baseline',
      cause,
    });
  }
}

function limitsOf({ veristat }: MatrixConfig): StatLimits {
  return { ...defaultStatLimits, ...veristat };
}

/** The report with what its baseline says otherwise, and who writes that down. */
export function besideBaseline(
  ran: RunReport,
  task: BaselineTask | undefined,
): { readonly report: RunReport; readonly reporters: readonly Reporter[] } {
  if (task === undefined) return { report: ran, reporters: [] };
  const { manifests } = task;
  if (manifests === null) return { report: ran, reporters: ownReporters(task) };
  if (!task.named && !task.update && isForeign(ran, manifests)) {
    const notice = `${task.folder} is about another agent, so nothing was compared; name a baseline with --baseline`;
    return {
      report: { ...ran, notices: [...ran.notices, notice] },
      reporters: ownReporters({ ...task, manifests: null }),
    };
  }
  const diffs = compareBaseline(ran, manifests, task);
  const reporters = [...ownReporters(task), manifestDiffReporter(task.folder, diffs)];
  if (task.update) reporters.push(baselineWriter(task.folder));
  return { report: withBaseline(ran, diffs), reporters };
}

/** What every run leaves, compared or not. The manifest of a part would be taken for one of the whole. */
function ownReporters({ scope, manifests }: BaselineTask): readonly Reporter[] {
  const veristat = veristatReporter(manifests ?? new Map());
  return scope === 'whole' ? [manifestReporter, veristat] : [veristat];
}

/** A baseline that merely is there, beside a run with another team's configuration. */
function isForeign({ agent }: RunReport, manifests: Baseline): boolean {
  const known = [...manifests.values()];
  return known.length > 0 && known.every((manifest) => manifest.agent?.name !== agent?.name);
}
