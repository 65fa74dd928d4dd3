// SPDX-License-Identifier: Apache-2.0
import type { KernelReport, ObjectReport, ProgramReport, RunReport } from '../../model/report.js';
import type { Code } from '../../model/verdict.js';
import { junitCasesOf, isBadOutcome, wholeObject, type Outcome } from './cases.js';
import type { CellKind } from './labels.js';

export interface Cell {
  readonly kind: CellKind;
  readonly code: Code | null;
}

export interface GridRow {
  readonly name: string;
  readonly section: string | null;
  /** One a kernel, in the report's order. */
  readonly cells: readonly Cell[];
}

/** Programs x kernels of one object. */
export interface Grid {
  readonly object: string;
  readonly kernels: readonly KernelReport[];
  readonly rows: readonly GridRow[];
}

/** One grid per object of the run, in order; programs as they first appear, the whole object last. */
export function gridsOf(report: RunReport): readonly Grid[] {
  const limited = report.options.programs !== null;
  return report.objects.map(({ name }) => gridOf(report.kernels, name, limited));
}

function gridOf(kernels: readonly KernelReport[], object: string, limited: boolean): Grid {
  const columns = kernels.map((kernel) => columnOf(kernel, object, limited));
  const sections = new Map<string, string>();
  for (const kernel of kernels) {
    for (const { name, section } of objectIn(kernel, object)?.programs ?? []) {
      if (!sections.has(name)) sections.set(name, section);
    }
  }
  const rows = [...sections.keys(), wholeObject].map((name) => ({
    name,
    section: sections.get(name) ?? null,
    cells: columns.map((column) => column.cells.get(name) ?? column.otherwise),
  }));
  return { object, kernels, rows };
}

interface Column {
  readonly cells: ReadonlyMap<string, Cell>;
  /** For programs this kernel has no answer about. */
  readonly otherwise: Cell;
}

const part: Cell = { kind: 'part', code: null };

/** `limited`: only some programs of the object were asked for. */
function columnOf(kernel: KernelReport, object: string, limited: boolean): Column {
  if (kernel.status === 'unavailable') return { cells: new Map(), otherwise: { kind: 'unavailable', code: null } };
  const outcomes = new Map<string, Outcome[]>();
  for (const one of junitCasesOf(kernel)) {
    if (one.object !== object) continue;
    const before = outcomes.get(one.item);
    if (before) before.push(one.outcome);
    else outcomes.set(one.item, [one.outcome]);
  }
  const programs = new Map(objectIn(kernel, object)?.programs.map((program) => [program.name, program]));
  const cells = [...outcomes].map(([item, all]) => {
    const cell = cellOf(all, programs.get(item) ?? null);
    return [item, item === wholeObject && isPart(cell, objectIn(kernel, object), limited) ? part : cell] as const;
  });
  const otherwise = { kind: kernel.status === 'broken' ? 'unknown' : 'not-asked', code: null } as const;
  return { cells: new Map(cells), otherwise };
}

/** Does `whole object` stand for less: for the programs of --program, or for what loads where the rest may fail. */
function isPart({ kind }: Cell, report: ObjectReport | undefined, limited: boolean): boolean {
  if (kind === 'ok') return limited;
  return kind === 'not-asked' && report?.whole.kind === 'failed' && report.partial?.load.kind === 'loaded';
}

function cellOf(outcomes: readonly Outcome[], program: ProgramReport | null): Cell {
  const bad = outcomes.find(isBadOutcome);
  if (bad) return { kind: bad.kind, code: bad.code };
  for (const outcome of outcomes) {
    if (outcome.kind === 'optional' || outcome.kind === 'expected') return { kind: outcome.kind, code: outcome.code };
  }
  if (program === null) return { kind: outcomes[0]?.kind === 'pass' ? 'ok' : 'not-asked', code: null };
  if (program.attach.kind === 'unattachable') return { kind: 'loaded', code: null };
  return { kind: program.attach.kind === 'attached' ? 'ok' : 'unproven', code: null };
}

function objectIn(kernel: KernelReport, object: string): ObjectReport | undefined {
  return kernel.status === 'unavailable' ? undefined : kernel.objects.find((one) => one.object === object);
}
