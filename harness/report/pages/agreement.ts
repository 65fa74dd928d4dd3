// SPDX-License-Identifier: Apache-2.0
import { assertNever } from '../../model/assert-never.js';
import type { LoaderAnswer } from '../../model/loader-answer.js';
import type { Agreement, NamedDifference } from '../../verdict/agreement.js';
import type { AgreementRow } from '../../verdict/agreement-rows.js';
import { tableSpan, tableLines } from '../views/table.js';
import { oneLine } from '../views/text.js';

const heading = ['object', 'program', 'kernel', 'bpf-matrix', 'veristat', 'loader', 'agrees'];

/** All rows, with tabs between and the other loaders' own words. */
export function agreementTsv(rows: readonly AgreementRow[]): string {
  const lines = rows.map((row) => [...cells(row), messageOf(row.veristat), messageOf(row.loader)]);
  return [[...heading, 'veristat says', 'the loader says'], ...lines].map((line) => `${line.join('\t')}\n`).join('');
}

/** What differs, row by row, then a line a kernel and a line for each kind of difference. */
export function agreementPage(rows: readonly AgreementRow[]): readonly string[] {
  const differing = rows.filter(({ agreement }) => agreement.kind === 'differs');
  const table = [heading, ...differing.map(cells)].map((line) => line.map((cell) => tableSpan(oneLine(cell))));
  const kernels = [...new Set(rows.map(({ kernel }) => kernel))];
  return [
    ...(differing.length === 0 ? [] : [...tableLines(table, 0, Infinity), '']),
    ...kernels.map((kernel) =>
      kernelLine(
        kernel,
        rows.filter((row) => row.kernel === kernel),
      ),
    ),
  ];
}

function kernelLine(kernel: string, rows: readonly AgreementRow[]): string {
  const objects = new Set(rows.map(({ object }) => object)).size;
  const agreeing = rows.filter(({ agreement }) => agreement.kind === 'agrees').length;
  const loaded = rows.filter(({ ours }) => ours === 'loaded').length;
  const kinds = new Map<string, number>();
  for (const { agreement } of rows) {
    if (agreement.kind === 'differs') kinds.set(kindOf(agreement), (kinds.get(kindOf(agreement)) ?? 0) + 1);
  }
  const named = [...kinds].map(([kind, count]) => `${count} ${kind}`);
  return `${kernel}: ${objects} objects, ${rows.length} programs, ${loaded} load; ${[`${agreeing} agree`, ...named].join(', ')}`;
}

const kindOf = (agreement: Extract<Agreement, { kind: 'differs' }>): string => agreement.why?.kind ?? 'UNEXPLAINED';

function cells({ object, program, kernel, ours, veristat, loader, agreement }: AgreementRow): readonly string[] {
  return [object, program, kernel, ours, veristat.kind, loader.kind, describeAgreement(agreement)];
}

function describeAgreement(agreement: Agreement): string {
  if (agreement.kind === 'agrees') return 'yes';
  return agreement.why === null ? 'UNEXPLAINED' : describeDifference(agreement.why);
}

function describeDifference({ kind, map }: NamedDifference): string {
  switch (kind) {
    case 'unsized-map':
      return `map ${map} has no size: bpf-matrix gives it one`;
    case 'map-left-out':
      return `map ${map} cannot be created, and the program is loaded without it`;
    default:
      return assertNever(kind);
  }
}

const messageOf = (answer: LoaderAnswer): string => (answer.kind === 'loaded' ? '' : oneLine(answer.message));
