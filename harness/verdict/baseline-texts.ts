// SPDX-License-Identifier: Apache-2.0
import { type ChangeKind, type ManifestChange, type ManifestDiff, noteKinds } from '../model/manifest.js';
import type { RunFinding } from '../model/report.js';
import { type FailStage, isManifestCode, type ManifestCode, manifestCodes, type Verdict } from '../model/verdict.js';
import { describeBlamedLines } from './describe-blame.js';
import { blamedPlaces } from './known-costs.js';
import { isNewKernel } from './manifest-diff.js';

/** What a baseline adds to the report of a run, and how it is known again in one that was stored. */

/** One for each code: thirteen kernels that lost the same program are thirteen lines and not a page. */
export function baselineFindings({ kernel, changes }: ManifestDiff): readonly RunFinding[] {
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
const notComparedNote = 'BASELINE: not compared: ';

/** What a kernel notes of its baseline; what fails the run is a finding. */
export function baselineNotes({ changes, updated, skipped }: ManifestDiff): readonly string[] {
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

/** Does a note of a kernel say what is other than in the baseline. What it says after the kind may be an older version's. */
export function isBaselineNote(note: string): boolean {
  return noteKinds.some((kind) => note.startsWith(`${kind}: `));
}

/** Does a note of a kernel say that it was not compared, and why. */
export function isNotComparedNote(note: string): boolean {
  return note.startsWith(notComparedNote);
}

/** Does a finding about the run say what is worse than in the baseline. */
export function isBaselineFinding(verdict: Verdict): boolean {
  return verdict.kind === 'fail' && isManifestCode(verdict.code);
}

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
