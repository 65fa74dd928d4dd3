// SPDX-License-Identifier: Apache-2.0
import { assertNever } from '../../model/assert-never.js';
import type { CheckOutcome } from '../../model/check.js';
import type { RunReport } from '../../model/report.js';
import { checksOf, checkLabel, describeFailedCheck } from '../views/checks.js';
import type { PageChecks } from './page-data.js';

/** All checks; most of their texts are those of a thousand others. */
export function checksTable({ kernels }: RunReport): PageChecks {
  const texts: string[] = [];
  const known = new Map<string, number>();
  const index = (text: string): number => {
    const before = known.get(text);
    if (before !== undefined) return before;
    known.set(text, texts.length);
    return texts.push(text) - 1;
  };
  const rows = kernels.flatMap((kernel) =>
    checksOf(kernel).map((one) => {
      const { scenario, check, attempt, outcome } = one;
      const evidence = outcome.kind === 'fail' ? outcome.evidence.join('\n') : '';
      const words = [
        kernel.id,
        checkLabel(one),
        scenario,
        check,
        attempt ?? '',
        outcome.kind,
        cameTo(outcome),
        evidence,
      ];
      return words.map(index);
    }),
  );
  return { texts, rows };
}

function cameTo(outcome: CheckOutcome): string {
  switch (outcome.kind) {
    case 'pass':
      return outcome.detail ?? '';
    case 'fail':
      return describeFailedCheck(outcome);
    case 'not-offered':
      return `by the ${outcome.by}: ${outcome.detail}`;
    case 'gained':
    case 'unproved':
      return outcome.detail;
    default:
      return assertNever(outcome);
  }
}
