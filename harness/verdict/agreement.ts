import type { ObjectReport, ProgramReport } from '../model/report.js';
import type { LoaderAnswer } from '../results/loader-answers.js';

/** Two other loaders' answers for the same program in the same kernel. */
export interface OtherAnswers {
  readonly veristat: LoaderAnswer;
  readonly loader: LoaderAnswer;
}

/** `differs`: with the reason that the report itself gives, or null for none. */
export type Agreement =
  { readonly kind: 'agrees' } | { readonly kind: 'differs'; readonly reason: string | null };

/** Holds one verdict against what others came to. */
export function agreementOf(object: ObjectReport, program: ProgramReport, others: OtherAnswers): Agreement {
  const ours = program.load.kind === 'loaded';
  const differing = [others.veristat, others.loader].filter(({ kind }) => (kind === 'loaded') !== ours);
  if (differing.length === 0) return { kind: 'agrees' };
  return { kind: 'differs', reason: null };
}
