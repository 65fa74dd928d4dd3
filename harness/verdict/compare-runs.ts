// SPDX-License-Identifier: Apache-2.0
import type { KernelId } from '../model/kernel.js';
import type { KernelReport, LoadVerdict, ObjectReport, ProgramReport, RanKernel, RunReport } from '../model/report.js';
import { kernelMissing, type KernelMissing } from './compare.js';
import {
  type CompareCell,
  type CompareRow,
  compareOnKernel,
  type ReasonGroup,
  loadReasonOf,
  rejectionKey,
  wholeName,
} from './compare-kernel.js';

/** What an edit did: a run against the one before it. */
export interface RunChange {
  readonly objects: readonly ObjectChange[];
  /** Kernels that gave no answer this time. */
  readonly missing: readonly KernelMissing[];
  /** Findings about the run as a whole, one line each. */
  readonly findings: readonly string[];
}

export interface ObjectChange {
  readonly object: string;
  readonly kernels: readonly KernelChange[];
}

/** One object on one kernel, then and now. */
export interface KernelChange {
  readonly id: KernelId;
  /** Null when there is no earlier answer to hold against. */
  readonly loadedBefore: number | null;
  readonly loaded: number;
  readonly of: number;
  readonly rows: readonly ChangeRow[];
  /** Did load and attach before, by the reason why not now. */
  readonly lost: readonly ReasonGroup[];
  /** Does now and did not before, by the reason why not then. */
  readonly gained: readonly ReasonGroup[];
  /** Rejected now and not for this reason before: what was lost, what is new, what fails otherwise. */
  readonly rejected: readonly ReasonGroup[];
  /** Rejected now as before. */
  readonly still: readonly ReasonGroup[];
}

export interface ChangeRow {
  readonly program: string;
  readonly section: string;
  /** Null without an earlier answer. */
  readonly before: CompareCell | null;
  readonly now: CompareCell;
  readonly changed: boolean;
}

/** Holds a finished run against the last complete answer of each kernel. */
export function compareRuns(before: ReadonlyMap<KernelId, RanKernel>, report: RunReport): RunChange {
  const answered = report.kernels.filter(hasAllAnswers);
  return {
    objects: report.objects.map(({ name }) => ({
      object: name,
      kernels: answered.map((kernel) => changeOn(before.get(kernel.id), kernel, name)),
    })),
    missing: report.kernels.flatMap((kernel) => kernelMissing(kernel) ?? []),
    findings: report.findings.map(({ message }) => message),
  };
}

/** Every program of every object got its answer. */
export function hasAllAnswers(kernel: KernelReport): kernel is RanKernel {
  return kernelMissing(kernel) === null;
}

/** Programs that do not load or attach now, on any kernel. */
export function countRejectedNow({ objects }: RunChange): number {
  const groups = objects.flatMap(({ kernels }) => kernels.flatMap(({ rejected, still }) => [...rejected, ...still]));
  return groups.reduce((sum, { programs }) => sum + programs.length, 0);
}

function changeOn(before: RanKernel | undefined, now: RanKernel, name: string): KernelChange {
  const [old, own] = [objectIn(before, name), objectIn(now, name)];
  if (own === null) throw new Error(`watch: ${now.id} has no answer about ${name}`);
  const objects = old === null ? [own] : [{ ...old, object: `before ${name}` }, own];
  const names = objects.map(({ object }) => object);
  const { rows: compared, tallies, differences } = compareOnKernel({ ...now, objects }, names);
  const rows = compared.map((row) => changeRow(row, old !== null));
  const { loaded, of } = tallies.at(-1) ?? { loaded: 0, of: 0 };
  const { lost, gained } = differences[0] ?? { lost: [], gained: [] };
  const loadedBefore = old === null ? null : (tallies[0]?.loaded ?? 0);
  return { id: now.id, loadedBefore, loaded, of, rows, lost, gained, ...rejections(rows, old, own) };
}

function rejections(
  rows: readonly ChangeRow[],
  old: ObjectReport | null,
  own: ObjectReport,
): Pick<KernelChange, 'rejected' | 'still'> {
  const failing = rows.filter(({ now }) => now.kind === 'failed');
  const optional = new Set(own.programs.filter((program) => program.optional).map((program) => program.name));
  const rejected = groupsOf(failing.filter((row) => !sameFailure(row)));
  const still = groupsOf(failing.filter((row) => sameFailure(row) && !optional.has(row.program)));
  const whole = wholeFailure(own);
  if (whole === null) return { rejected, still };
  const known = sameWhole(wholeFailure(old), whole);
  return { rejected: known ? rejected : [...rejected, whole], still: known ? [...still, whole] : still };
}

/** The object with a program that cannot be attached counted as one that fails. */
function objectIn(kernel: RanKernel | undefined, name: string): ObjectReport | null {
  const object = kernel?.objects.find((one) => one.object === name);
  if (object === undefined) return null;
  return { ...object, programs: object.programs.map((program) => ({ ...program, load: loadOf(program) })) };
}

function loadOf({ load, attach }: ProgramReport): LoadVerdict {
  return load.kind === 'loaded' && attach.kind === 'failed' ? attach : load;
}

/** The whole object where it fails and none of its programs does; also one that could not even be opened. */
function wholeFailure(object: ObjectReport | null): ReasonGroup | null {
  if (object?.whole.kind !== 'failed' || object.programs.some(failsOfItself)) return null;
  return { programs: [{ name: wholeName, section: '' }], reason: loadReasonOf(object.whole) };
}

/** An optional program that fails is left out of the whole. */
function failsOfItself({ load, optional }: ProgramReport): boolean {
  return load.kind === 'failed' && !optional;
}

function sameWhole(before: ReasonGroup | null, now: ReasonGroup): boolean {
  return before !== null && rejectionKey(before.reason) === rejectionKey(now.reason);
}

function changeRow({ program, section, cells }: CompareRow, held: boolean): ChangeRow {
  const now = cells.at(-1);
  if (now === undefined) throw new Error(`watch: ${program} has no cell`);
  const before = held ? (cells[0] ?? null) : null;
  return { program, section, before, now, changed: before === null || differs(before, now) };
}

function differs(before: CompareCell, now: CompareCell): boolean {
  if (before.kind === 'loaded' && now.kind === 'loaded') return before.insns !== now.insns;
  if (before.kind === 'failed' && now.kind === 'failed')
    return rejectionKey(before.reason) !== rejectionKey(now.reason);
  return before.kind !== now.kind;
}

function sameFailure({ before, now }: ChangeRow): boolean {
  return before?.kind === 'failed' && now.kind === 'failed' && rejectionKey(before.reason) === rejectionKey(now.reason);
}

function groupsOf(rows: readonly ChangeRow[]): readonly ReasonGroup[] {
  const groups = new Map<string, ReasonGroup>();
  for (const { program, section, now } of rows) {
    if (now.kind !== 'failed') continue;
    const key = rejectionKey(now.reason);
    const { programs = [], reason = now.reason } = groups.get(key) ?? {};
    groups.set(key, { programs: [...programs, { name: program, section }], reason });
  }
  return [...groups.values()];
}
