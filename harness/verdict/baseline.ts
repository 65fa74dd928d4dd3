// SPDX-License-Identifier: Apache-2.0
import { defaultContract } from '../contracts/registry.js';
import type { KernelId } from '../model/kernel.js';
import { type Manifest, type ManifestChange, type ManifestDiff, manifestKey } from '../model/manifest.js';
import type { StatLimits } from '../model/manifest.js';
import type { KernelReport, RunReport } from '../model/report.js';
import { baselineFindings, baselineNotes } from './baseline-texts.js';
import { foldChanges } from './finding-changes.js';
import { exitCodeOf } from './judge-run.js';
import type { Scope } from './manifest-change.js';
import { aboutPrograms, diffManifests } from './manifest-diff.js';
import { mayBeBaseline, manifestsOf } from './manifest-of.js';

export interface BaselineOptions {
  readonly scope: Scope;
  readonly limits: StatLimits;
  /** Does `--update` write the kernels that ran completely. */
  readonly update: boolean;
  /** Named on the command line; one that is merely there does not speak of kernel files of the user's. */
  readonly named: boolean;
  /** Contracts of which the baseline speaks of another agent: not compared. */
  readonly foreign?: ReadonlySet<string>;
}

/** Each kernel of the run beside its baseline. */
export function compareBaseline(
  report: RunReport,
  baseline: ReadonlyMap<string, Manifest>,
  options: BaselineOptions,
): readonly ManifestDiff[] {
  return report.kernels.map((kernel) => {
    const isKnown = [...baseline.values()].some((one) => one.kernel.id === kernel.id);
    const skipped = isKnown ? notComplete(kernel) : (notExpected(kernel, options) ?? notComplete(kernel));
    if (skipped !== null || !mayBeBaseline(kernel)) return { kernel: kernel.id, skipped, changes: [], updated: false };
    const changes = manifestsOf(report, kernel)
      .filter(({ contract = defaultContract.name }) => options.foreign?.has(contract) !== true)
      .flatMap((now) => changesOf(report, baseline, { id: kernel.id, now }, options));
    return { kernel: kernel.id, skipped: null, changes: eachOnce(changes), updated: options.update };
  });
}

function changesOf(
  { options: { programs } }: RunReport,
  baseline: ReadonlyMap<string, Manifest>,
  { id, now }: { readonly id: KernelId; readonly now: Manifest },
  { scope, limits }: BaselineOptions,
): readonly ManifestChange[] {
  const known = baseline.get(manifestKey(id, now.contract));
  const base = now.agent === null ? withObjects(known, baseline) : known;
  return diffManifests(base === undefined || programs === null ? base : aboutPrograms(base, now), now, scope, limits);
}

/** A run about loading has no agent to which its objects belong. */
function withObjects(known: Manifest | undefined, baseline: ReadonlyMap<string, Manifest>): Manifest | undefined {
  if (known === undefined) return undefined;
  const all = [...baseline.values()].filter(({ kernel }) => kernel.id === known.kernel.id);
  return { ...known, objects: all.flatMap(({ objects }) => objects) };
}

/** That the kernel is another is the same news in each manifest. */
function eachOnce(changes: readonly ManifestChange[]): readonly ManifestChange[] {
  return [...new Map(changes.map((change) => [JSON.stringify(change), change])).values()];
}

/** Why a kernel may be without a baseline; null when it may not. */
function notExpected(kernel: KernelReport, { named, update }: BaselineOptions): string | null {
  if (update || kernel.status === 'unavailable') return null;
  if (kernel.source === 'file' && !named) return 'a kernel file of your own; name a baseline for it with --baseline';
  const isPending = kernel.identity.lock === 'pending' && mayBeBaseline(kernel);
  return isPending ? 'it is pending: nobody could lock it yet, so nobody could write its baseline' : null;
}

function notComplete(kernel: KernelReport): string | null {
  if (kernel.status === 'unavailable') return 'the kernel could not be had';
  if (kernel.status === 'broken') return 'its machine broke';
  return mayBeBaseline(kernel) ? null : 'its answers cannot be relied on';
}

/**
 * The run with what its baseline says otherwise: failures as findings, the rest as notes of the kernel. What follows from a
 * finding of the kernel is counted there.
 */
export function withBaseline(report: RunReport, diffs: readonly ManifestDiff[]): RunReport {
  const folded = report.kernels.map((kernel) => foldedInto(kernel, diffs));
  return withRest(
    { ...report, kernels: folded.map(({ kernel }) => kernel) },
    folded.flatMap(({ diff }) => diff ?? []),
  );
}

interface Folded {
  readonly kernel: KernelReport;
  readonly diff: ManifestDiff | undefined;
}

function foldedInto(kernel: KernelReport, diffs: readonly ManifestDiff[]): Folded {
  const diff = diffs.find((one) => one.kernel === kernel.id);
  if (diff === undefined || diff.updated || kernel.status === 'unavailable') return { kernel, diff };
  const { findings, rest } = foldChanges(kernel.findings, diff.changes);
  return { kernel: { ...kernel, findings }, diff: { ...diff, changes: rest } };
}

function withRest(report: RunReport, diffs: readonly ManifestDiff[]): RunReport {
  const findings = [...report.findings, ...diffs.filter(({ updated }) => !updated).flatMap(baselineFindings)];
  const kernels = report.kernels.map((kernel) => {
    const diff = diffs.find((one) => one.kernel === kernel.id);
    return diff === undefined ? kernel : { ...kernel, notes: [...kernel.notes, ...baselineNotes(diff)] };
  });
  return { ...report, kernels, findings, exitCode: exitCodeOf(kernels, findings, report.options.available) };
}
