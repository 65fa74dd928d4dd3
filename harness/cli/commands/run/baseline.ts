// SPDX-License-Identifier: Apache-2.0
import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { MatrixConfig } from '../../../config/file.js';
import { defaultContract } from '../../../contracts/registry.js';
import { UsageError } from '../../../model/errors.js';
import type { KernelCosts } from '../../../model/blame.js';
import type { CostPolicy, KnownInsns } from '../../../model/cost.js';
import type { KernelId } from '../../../model/kernel.js';
import type { ManifestProgram } from '../../../model/manifest.js';
import type { RunReport } from '../../../model/report.js';
import type { BaselineResult } from '../../../report/reporter.js';
import { type BaselineWriter, baselineWriter } from '../../../report/reporters/manifest.js';
import { readKernelCosts } from '../../../results/cost-baseline.js';
import { evidenceSchema } from '../../../results/evidence-store.js';
import { type Baseline, baselineOf, readBaseline } from '../../../results/manifest.js';
import { ensureFolder } from '../../../proc/folders.js';
import type { RunFrame, StoredBaseline } from '../../../results/run-frame.js';
import { type BaselineOptions, compareBaseline, withBaseline } from '../../../verdict/baseline.js';
import { withBlame } from '../../../verdict/known-costs.js';
import { defaultBaseline } from '../../common-flags.js';
import { limitsOf } from '../../stat-limits.js';
import { withoutCapability } from '../../loader-flags.js';
import { cannotWrite } from '../../writable.js';
import { programFlag, type RunFlags } from './flags.js';

/** What a run is compared with, and how. */
export interface BaselineTask extends BaselineOptions {
  readonly folder: string;
  /** Is the folder written when the baseline is updated; not when a stored run is judged again. */
  readonly writes: boolean;
  /** Null when there is nothing to compare with. */
  readonly manifests: Baseline | null;
  /** What its runs spent on lines; empty where that was never written. */
  readonly costs: readonly KernelCosts[];
}

/**
 * A run of a part is compared only with what is named, and never rewrites.
 * @throws UsageError for a baseline that cannot be read, or that --update could not write.
 */
export async function baselineFromFlags(flags: RunFlags, config: MatrixConfig): Promise<BaselineTask> {
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
  const scope = part === null ? 'whole' : 'part';
  const options = { scope, limits: limitsOf(config), update, writes: update, named } as const;
  if (part !== null && !named) return { ...options, folder, manifests: null, costs: [] };
  const [manifests, costs] = await Promise.all([readBaseline(folder), readKernelCosts(folder)]);
  if (update) {
    await writable(folder);
    return { ...options, folder, manifests: manifests ?? new Map(), costs };
  }
  if (manifests !== null || !named) return { ...options, folder, manifests, costs };
  throw noBaseline(folder);
}

const noBaseline = (folder: string): UsageError =>
  new UsageError({
    message: `--baseline ${folder}: there is no such folder`,
    next: 'make it with a whole run and --update',
  });

/**
 * Of which programs it is counted where the verifier spends more. A new baseline has the lines of all, so that the next run
 * has something to hold its own against.
 */
export function costsBesideBaseline({ manifests, limits, update }: BaselineTask): CostPolicy {
  if (update) return { kind: 'all' };
  const baseline = [...(manifests?.values() ?? [])].flatMap(({ kernel, objects }) =>
    objects.flatMap((object) => object.programs.flatMap((program) => knownInsns(kernel.id, object.name, program))),
  );
  return baseline.length === 0 ? { kind: 'none' } : { kind: 'grown-from-baseline', limits, baseline };
}

function knownInsns(kernel: KernelId, object: string, { name, stats }: ManifestProgram): readonly KnownInsns[] {
  const insns = stats?.insns ?? null;
  return insns === null ? [] : [{ kernel, object, program: name, insns }];
}

/** The flag that leaves something out of a run, or makes it one about other machines or another loader. */
function partOf(flags: RunFlags): string | null {
  const { only, object, program, clang, lsm, append, withoutCapability: without } = flags;
  if (flags.lastFailed === true) return '--last-failed';
  if (flags.failFast === true) return '-x';
  if (only !== undefined) return '--only';
  if (flags.scenario !== undefined) return '--scenario';
  if (object !== undefined) return '--object';
  if (program !== undefined) return programFlag;
  if (clang !== undefined) return '--clang';
  if (lsm !== undefined) return '--lsm';
  if (without !== undefined) return withoutCapability;
  return append === undefined ? null : '--append';
}

/** Found out before anything boots, and not after an hour. */
async function writable(folder: string): Promise<void> {
  try {
    await ensureFolder(resolve(folder));
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw cannotWrite(`--update: ${folder} cannot be written`, 'name a folder you may write with --baseline', cause);
  }
}

/** A run beside its baseline. */
export interface BesideBaseline {
  /** With what the baseline says otherwise. */
  readonly report: RunReport;
  readonly baseline: BaselineResult | null;
  /** Rewrite the baseline. */
  readonly writers: readonly BaselineWriter[];
}

export function judgedBesideBaseline(ran: RunReport, task: BaselineTask | undefined): BesideBaseline {
  if (task === undefined) return { report: ran, baseline: null, writers: [] };
  const { folder, scope, manifests } = task;
  const alone = { folder, scope, manifests: null, diffs: null } as const;
  if (manifests === null) return { report: ran, baseline: { ...alone, leftAlone: null }, writers: [] };
  const foreign = task.named || task.update ? new Set<string>() : foreignContracts(ran, manifests);
  if (foreign.size > 0 && foreign.size === contractsOf(ran).length) {
    const notice = `${folder} is about another agent, so nothing was compared; name a baseline with --baseline`;
    const report = { ...ran, notices: [...ran.notices, notice] };
    return { report, baseline: { ...alone, leftAlone: 'it is about another agent' }, writers: [] };
  }
  const diffs = withBlame(ran, compareBaseline(ran, manifests, { ...task, foreign }), task.costs);
  const notices = [...foreign].map(
    (name) => `${folder}: of the contract ${name} it is about another agent, or about none`,
  );
  return {
    report: withBaseline({ ...ran, notices: [...ran.notices, ...notices] }, diffs),
    baseline: { folder, scope, manifests, diffs, leftAlone: null },
    writers: task.writes ? [baselineWriter(ran, folder)] : [],
  };
}

/** Agents of a run by their contracts; one without a name where it was about loading. */
function contractsOf({
  agent,
  others,
}: RunReport): readonly { readonly contract: string; readonly name: string | undefined }[] {
  const agents = agent === null ? [undefined] : [agent, ...others];
  return agents.map((one) => ({ contract: one?.contract ?? defaultContract.name, name: one?.name }));
}

/** Of a baseline that merely is there, contracts of which it has no manifest with the agent of the run. */
function foreignContracts(report: RunReport, manifests: Baseline): ReadonlySet<string> {
  const known = [...manifests.values()];
  const isKnown = ({ contract, name }: ReturnType<typeof contractsOf>[number]): boolean =>
    known.some((one) => (one.contract ?? defaultContract.name) === contract && one.agent?.name === name);
  const foreign = known.length === 0 ? [] : contractsOf(report).filter((one) => !isKnown(one));
  return new Set(foreign.map(({ contract }) => contract));
}

/** What is stored of a run beside the answers of its kernels, so that they can be judged again. */
export function runFrameOf(ran: RunReport, command: RunFrame['command'], task: BaselineTask | undefined): RunFrame {
  const { tool, started, ms, options, host, notices, objects, agent, others, expectations } = ran;
  const kernels = ran.kernels.map(({ id }) => id);
  const baseline = task === undefined ? null : storedBaseline(task);
  return {
    schema: evidenceSchema,
    command,
    kernels,
    baseline,
    tool,
    started,
    ms,
    options,
    host,
    notices,
    objects,
    agent,
    others,
    expectations,
  };
}

export function storedBaseline({ manifests, costs, ...task }: BaselineTask): StoredBaseline {
  const { folder, scope, named, update, limits } = task;
  const known = costs.length === 0 ? {} : { costs };
  return {
    folder,
    scope,
    named,
    update,
    limits,
    manifests: manifests === null ? null : [...manifests.values()],
    ...known,
  };
}

/**
 * What a run of shards is held against: what each of them was started with, unless another is named; `--update` writes it,
 * which no shard may.
 * @throws UsageError for a baseline that cannot be read or written, and for `--update` of what is a part with all its shards.
 */
export async function mergedBaseline(
  stored: StoredBaseline | null,
  { baseline: named, update }: Pick<RunFlags, 'baseline' | 'update'>,
): Promise<BaselineTask | undefined> {
  if (stored === null) return undefined;
  const task = baselineTask(stored);
  if (named === undefined && update !== true) return task;
  const folder = named ?? task.folder;
  const manifests = named === undefined ? task.manifests : await readBaseline(folder);
  const costs = named === undefined ? task.costs : await readKernelCosts(folder);
  if (update !== true) {
    if (manifests === null) throw noBaseline(folder);
    return { ...task, folder, manifests, costs, named: true };
  }
  if (task.scope === 'part') {
    throw new UsageError({
      message:
        '--update makes a whole run the baseline, and the shards were started with flags that make theirs a part',
      next: 'run them without --only, --scenario, --object, --program and the like',
    });
  }
  await writable(folder);
  const updated = { update: true, writes: true, manifests: manifests ?? new Map(), costs } as const;
  return { ...task, folder, named: named !== undefined, ...updated };
}

/** The other way round. A run that is judged again writes no baseline. */
export function baselineTask({ manifests, costs = [], ...stored }: StoredBaseline): BaselineTask {
  return { ...stored, costs, writes: false, manifests: manifests === null ? null : baselineOf(manifests) };
}
