// SPDX-License-Identifier: Apache-2.0
import { checkCodes } from '../../model/check.js';
import type { Finding } from '../../model/finding.js';
import type { FailureCode, InfraCause } from '../../model/verdict.js';
import type { Fault } from './faults.js';

type Code = FailureCode | InfraCause;

/** What a planted fault came to. */
export interface PlantedOutcome {
  readonly expected: readonly Code[];
  readonly raised: readonly Code[];
  /** The root causes that all of it was put down to. */
  readonly causes: readonly Finding[];
}

/** Why one fault is not one finding, of its code and at its hook; null where it is. */
export function notOneFinding(
  { at = {} }: Pick<Fault, 'at'>,
  { expected, raised, causes }: PlantedOutcome,
): string | null {
  const [only, ...others] = causes;
  // A machine that broke is its own finding, and so is a run in which nothing was proved.
  if (only === undefined) return raised.some(isOfCheck) ? 'there is none' : null;
  if (others.length > 0) return `there are ${causes.length}: ${causes.map(({ title }) => title).join('; ')}`;
  if (only.code !== expected[0]) return `it is ${only.code}: ${only.title}`;
  const wrong = (['hook', 'rule', 'program', 'eventClaim'] as const).filter(
    (field) => at[field] !== undefined && only[field] !== at[field],
  );
  return wrong.length === 0 ? null : wrong.map((field) => `its ${field} is ${only[field] ?? 'none'}`).join(', ');
}

function isOfCheck(code: Code): boolean {
  return (checkCodes as readonly Code[]).includes(code);
}
