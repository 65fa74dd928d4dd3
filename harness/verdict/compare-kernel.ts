// SPDX-License-Identifier: Apache-2.0
import type { Blame } from '../model/blame.js';
import type { CauseId } from '../model/cause.js';
import type { LoadVerdict, ObjectReport, ProgramReport, RanKernel, SourceLine } from '../model/report.js';
import type { FailureCode } from '../model/verdict.js';
import { blameGrowth } from './blame.js';

/** What the objects come to on one kernel. */
export interface KernelCompared {
  readonly status: 'compared';
  readonly id: string;
  readonly release: string;
  /** One an object, in the order of the objects. */
  readonly tallies: readonly Tally[];
  /** Programs as they first appear. */
  readonly rows: readonly CompareRow[];
  /** One for each object but the first. */
  readonly differences: readonly Difference[];
}

export interface Tally {
  readonly object: string;
  readonly loaded: number;
  readonly of: number;
}

/** One program in all objects. Programs are the same when their names are. */
export interface CompareRow {
  readonly program: string;
  readonly section: string;
  /** One an object. */
  readonly cells: readonly CompareCell[];
}

export type CompareCell =
  | {
      readonly kind: 'loaded';
      /** Instructions the verifier processed; null where the kernel does not say. */
      readonly insns: number | null;
      /** Per cent against the first object; null for that one, and where either is unknown. */
      readonly change: number | null;
      /** The lines on which it grew beyond the limits; absent where it did not, or where nobody counted. */
      readonly blame?: Blame;
    }
  | { readonly kind: 'failed'; readonly reason: LoadReason }
  /** The object has no such program. */
  | { readonly kind: 'absent'; readonly reason: LoadReason };

export interface LoadReason {
  /** Null for a program that the object does not have. */
  readonly code: FailureCode | null;
  readonly decidingLine: string;
  readonly source: SourceLine | null;
  /** What is behind it, where that is known, and the page about it. */
  readonly cause: CauseId | null;
  readonly page: string | null;
}

/** An object against the first one. */
export interface Difference {
  readonly object: string;
  /** Loads in the first object and not here, by the reason why not. */
  readonly lost: readonly ReasonGroup[];
  /** Loads here and not in the first object, by the reason why not there. */
  readonly gained: readonly ReasonGroup[];
}

export interface ReasonGroup {
  readonly programs: readonly { readonly name: string; readonly section: string }[];
  /** The first program's; that of the others differs in numbers or in the source line at most. */
  readonly reason: LoadReason;
}

/** Stands for the object as an agent loads it, where every program loads alone and all together do not. */
export const wholeName = 'whole object';

export function compareOnKernel(kernel: RanKernel, names: readonly string[]): KernelCompared {
  const objects = names.map((name) => {
    const object = kernel.objects.find((one) => one.object === name);
    if (object === undefined) throw new Error(`compare: ${kernel.id} has no answer about ${name}`);
    return object;
  });
  const rows = rowsOf(objects);
  const tallies = objects.map(({ object, programs }) => ({
    object,
    loaded: programs.filter(({ load }) => load.kind === 'loaded').length,
    of: programs.length,
  }));
  const differences = objects.slice(1).map((_, index) => differenceOf(objects, rows, index + 1));
  return { status: 'compared', id: kernel.id, release: kernel.facts.release, tallies, rows, differences };
}

function rowsOf(objects: readonly ObjectReport[]): readonly CompareRow[] {
  const sections = new Map<string, string>();
  for (const { name, section } of objects.flatMap(({ programs }) => programs)) {
    if (!sections.has(name)) sections.set(name, section);
  }
  return [...sections].map(([program, section]) => {
    const found = objects.map(({ programs }) => programs.find(({ name }) => name === program));
    const base = found[0];
    return {
      program,
      section,
      cells: objects.map((object, at) => cellOf(object, found[at], at === 0 ? undefined : base)),
    };
  });
}

function cellOf(
  object: ObjectReport,
  program: ProgramReport | undefined,
  first: ProgramReport | undefined,
): CompareCell {
  if (program === undefined) return { kind: 'absent', reason: absence(object) };
  if (program.load.kind === 'failed') return { kind: 'failed', reason: loadReasonOf(program.load) };
  const [insns, base] = [insnsOf(program), insnsOf(first)];
  const change = insns === null || base === null || base === 0 ? null : ((insns - base) / base) * 100;
  const blame = blameOf(first, program);
  return { kind: 'loaded', insns, change, ...(blame === null ? {} : { blame }) };
}

function blameOf(first: ProgramReport | undefined, { cost }: ProgramReport): Blame | null {
  if (first?.cost === undefined || cost === undefined) return null;
  return blameGrowth({ insns: first.cost.counted, lines: first.cost.lines, unnamed: 0 }, cost);
}

/** An object that could not even be opened has no programs, and says why itself. */
function absence({ object, programs, whole }: ObjectReport): LoadReason {
  if (programs.length === 0 && whole.kind === 'failed') return loadReasonOf(whole);
  return { code: null, decidingLine: `${object} has no such program`, source: null, cause: null, page: null };
}

function insnsOf(program: ProgramReport | undefined): number | null {
  return program?.load.kind === 'loaded' ? (program.stats?.insns ?? null) : null;
}

export function loadReasonOf({ code, why }: Extract<LoadVerdict, { kind: 'failed' }>): LoadReason {
  const { decidingLine, source, cause, page } = why;
  return { code, decidingLine, source, cause, page };
}

function differenceOf(objects: readonly ObjectReport[], rows: readonly CompareRow[], at: number): Difference {
  const lost = groupsOf(rows, 0, at);
  const gained = groupsOf(rows, at, 0);
  return {
    object: objects[at]?.object ?? '',
    lost: lost.length > 0 ? lost : wholeGroup(objects[0], objects[at]),
    gained: gained.length > 0 ? gained : wholeGroup(objects[at], objects[0]),
  };
}

/** Programs that load in object `here` and not in object `there`, grouped by the reason. */
function groupsOf(rows: readonly CompareRow[], here: number, there: number): readonly ReasonGroup[] {
  const groups = new Map<string, ReasonGroup>();
  for (const { program, section, cells } of rows) {
    const other = cells[there];
    if (cells[here]?.kind !== 'loaded' || other === undefined || other.kind === 'loaded') continue;
    const key = rejectionKey(other.reason);
    const { programs = [], reason = other.reason } = groups.get(key) ?? {};
    groups.set(key, { programs: [...programs, { name: program, section }], reason });
  }
  return [...groups.values()];
}

/** Numbers of instructions and references differ between programs that fail for one reason. */
export function rejectionKey({ code, decidingLine }: LoadReason): string {
  return `${code ?? ''} ${decidingLine.replace(/(=|\binsn )\d+/g, '$1')}`;
}

function wholeGroup(here: ObjectReport | undefined, there: ObjectReport | undefined): readonly ReasonGroup[] {
  if (here?.whole.kind !== 'loaded' || there?.whole.kind !== 'failed') return [];
  return [{ programs: [{ name: wholeName, section: '' }], reason: loadReasonOf(there.whole) }];
}
