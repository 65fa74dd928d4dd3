import type { ForeignRun } from '../results/foreign-runs.js';
import type { LoaderAnswer } from '../results/loader-answers.js';
import { type Agreement, agreementOf } from '../verdict/agreement.js';

/** One program on one kernel. */
export interface ComparisonRow {
  readonly object: string;
  readonly program: string;
  readonly kernel: string;
  readonly ours: string;
  readonly veristat: LoaderAnswer;
  readonly loader: LoaderAnswer;
  readonly agreement: Agreement;
}

export interface Comparison {
  readonly rows: readonly ComparisonRow[];
  readonly unexplained: number;
  readonly summary: string;
}

export function comparisonOf(runs: readonly ForeignRun[]): Comparison {
  const rows = runs.flatMap(rowsOf);
  const differing = rows.filter(({ agreement }) => agreement.kind === 'differs');
  const unexplained = differing.filter(({ agreement }) => agreement.kind === 'differs' && agreement.reason === null).length;
  return { rows, unexplained, summary: comparisonText(differing) + `${rows.length} programs, ${differing.length} differ\n` };
}

function rowsOf({ kernel, veristat, loader }: ForeignRun): readonly ComparisonRow[] {
  if (kernel.status === 'unavailable') return [];
  return kernel.objects.flatMap((object) =>
    object.programs.map((program) => {
      const others = { veristat: veristat(object.object, program.name), loader: loader(object.object, program.name) };
      const { load, name } = program;
      return {
        object: object.object,
        program: name,
        kernel: kernel.id,
        ours: load.kind === 'loaded' ? 'loaded' : load.code,
        ...others,
        agreement: agreementOf(object, program, others),
      };
    }),
  );
}

const word = (a: LoaderAnswer): string => (a.kind === 'loaded' ? a.kind : `${a.kind} ${a.message}`);

export function comparisonText(rows: readonly ComparisonRow[]): string {
  return rows
    .map(({ object, program, kernel, ours, veristat, loader, agreement }) =>
      [object, program, kernel, ours, word(veristat), word(loader), agreement.kind === 'agrees' ? 'agrees' : (agreement.reason ?? 'UNEXPLAINED')].join('\t') + '\n',
    )
    .join('');
}
