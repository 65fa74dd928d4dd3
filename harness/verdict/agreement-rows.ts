// SPDX-License-Identifier: Apache-2.0
import type { LoaderAnswer } from '../model/loader-answer.js';
import type { ObjectReport } from '../model/report.js';
import type { ForeignRun } from '../results/foreign-runs.js';
import { noProgram, type ProgramKey } from '../results/loader-answers.js';
import { type Agreement, agreementOf } from './agreement.js';

/** One program on one kernel, as three loaders saw it; an object that cannot be opened has a row without a program. */
export interface AgreementRow extends ProgramKey {
  readonly kernel: string;
  /** `loaded`, a failure code, or `absent`. */
  readonly ours: string;
  readonly veristat: LoaderAnswer;
  readonly loader: LoaderAnswer;
  readonly agreement: Agreement;
}

/** Every program that any of the three knows. */
export function agreementRows(run: ForeignRun): readonly AgreementRow[] {
  const { kernel } = run;
  const objects = kernel.status === 'unavailable' ? [] : kernel.objects;
  const rows = objects.flatMap((object) => objectRows(object, run));
  const known = new Set(rows.map(keyText));
  const lost = [...run.loader.keys, ...run.veristat.keys].filter(
    (key) => !known.has(keyText(key)) && !isInside(key, objects),
  );
  return [...rows, ...unique(lost).map((key) => rowOf(key, 'absent', run, { kind: 'differs', why: null }))];
}

/** Does it speak of an object as a whole whose programs have rows? */
const isInside = ({ object, program }: ProgramKey, objects: readonly ObjectReport[]): boolean =>
  program === noProgram && objects.some((one) => one.object === object && one.programs.length > 0);

const keyText = ({ object, program }: ProgramKey): string => `${object}\t${program}`;
const unique = (keys: readonly ProgramKey[]): readonly ProgramKey[] => [
  ...new Map(keys.map((key) => [keyText(key), key])).values(),
];

function objectRows(report: ObjectReport, run: ForeignRun): readonly AgreementRow[] {
  const { object, programs, verdict, whole } = report;
  if (programs.length === 0) {
    const key = { object, program: noProgram };
    const ours = verdict.kind === 'fail' ? verdict.code : verdict.kind;
    return [rowOf(key, ours, run, agreementOf(report, whole, othersOf(key, run)))];
  }
  return programs.map(({ name, load }) => {
    const key = { object, program: name };
    const agreement = agreementOf(report, load, othersOf(key, run));
    return rowOf(key, load.kind === 'loaded' ? load.kind : load.code, run, agreement);
  });
}

const othersOf = (key: ProgramKey, { veristat, loader }: ForeignRun) => ({
  veristat: veristat.of(key),
  loader: loader.of(key),
});

function rowOf(key: ProgramKey, ours: string, run: ForeignRun, agreement: Agreement): AgreementRow {
  return { ...key, kernel: run.kernel.id, ours, ...othersOf(key, run), agreement };
}
