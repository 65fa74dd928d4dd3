// SPDX-License-Identifier: Apache-2.0
import { defaultContract } from '../contracts/registry.js';
import type { KernelId } from '../model/kernel.js';
import {
  type ChangeKind,
  type Manifest,
  type ManifestChange,
  type ManifestDiff,
  manifestKey,
  noteKinds,
} from '../model/manifest.js';
import type { StatLimits } from '../model/manifest.js';
import type { RunFinding, KernelReport, RunReport } from '../model/report.js';
import { type FailStage, type ManifestCode, manifestCodes } from '../model/verdict.js';
import { foldChanges } from './finding-changes.js';
import { exitCodeOf } from './judge-run.js';
import { describeBlamedLines } from './describe-blame.js';
import { blamedPlaces } from './known-costs.js';
import type { Scope } from './manifest-change.js';
import { aboutPrograms, diffManifests, isNewKernel } from './manifest-diff.js';
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
  const findings = [...report.findings, ...diffs.filter(({ updated }) => !updated).flatMap(findingsOf)];
  const kernels = report.kernels.map((kernel) => {
    const diff = diffs.find((one) => one.kernel === kernel.id);
    return diff === undefined ? kernel : { ...kernel, notes: [...kernel.notes, ...notesOf(diff)] };
  });
  return { ...report, kernels, findings, exitCode: exitCodeOf(kernels, findings, report.options.available) };
}

/** One for each code: thirteen kernels that lost the same program are thirteen lines and not a page. */
function findingsOf({ kernel, changes }: ManifestDiff): readonly RunFinding[] {
  return manifestCodes.flatMap((code): readonly RunFinding[] => {
    const own = changes.filter(({ kind }) => kind === code);
    if (own.length === 0) return [];
    const blamed = blamedPlaces({ kernel, changes: own });
    const message = `${kernel}: ${listed(own)}`;
    return [
      { verdict: { kind: 'fail', stage: stages[code], code }, message, ...(blamed.length === 0 ? {} : { blamed }) },
    ];
  });
}

const stages: Readonly<Record<ManifestCode, FailStage>> = {
  PROGRAM_LOST: 'load',
  PROGRAM_DISAPPEARED: 'open',
  HOOK_LOST: 'attach',
  POSTURE_CHANGED: 'enforce',
  SCENARIO_CHANGED: 'enforce',
  FAILURE_CHANGED: 'run',
  MANIFEST_NO_BASELINE: 'run',
  VERIFIER_REGRESSION: 'load',
  STATS_LOST: 'load',
};

/** How the note of a kernel begins that was not compared. */
export const notComparedNote = 'BASELINE: not compared: ';

function notesOf({ changes, updated, skipped }: ManifestDiff): readonly string[] {
  if (updated)
    return [`BASELINE: written by --update, ${isNewKernel(changes) ? 'new' : describeChanges(changes.length)}`];
  if (skipped !== null) return [`${notComparedNote}${skipped}`];
  return noteKinds.flatMap((kind) => {
    const own = changes.filter((change) => change.kind === kind);
    return own.length === 0 ? [] : [`${noteWords[kind]}: ${listed(own)}`];
  });
}

/** `no change`, `1 change`, `7 changes`. */
export function describeChanges(count: number): string {
  if (count === 0) return 'no change';
  return count === 1 ? '1 change' : `${count} changes`;
}

const noteWords: Readonly<Record<Exclude<ChangeKind, ManifestCode>, string>> = {
  GAINED: 'GAINED: better than the baseline, write it down with --update',
  KERNEL_DRIFTED: 'KERNEL_DRIFTED: not the kernel of the baseline',
  CHANGED: 'CHANGED: other than in the baseline',
};

/** A person reads the first few; all are in manifest-diff.md. */
const shown = 4;

function listed(changes: readonly ManifestChange[]): string {
  const words = changes.slice(0, shown).map(({ item, before, now, blame }) => {
    const lines = blame === undefined ? '' : `, ${describeBlamedLines(blame)}`;
    return `${item}: ${before} -> ${now}${lines}`;
  });
  const more = changes.length - shown;
  return `${words.join('; ')}${more > 0 ? `; and ${more} more (manifest-diff.md)` : ''}`;
}
