// SPDX-License-Identifier: Apache-2.0
import { defaultContract } from '../../contracts/registry.js';
import type { CheckClass, CheckOutcome, CheckReport, Environment } from '../../model/check.js';
import type { KernelReport } from '../../model/report.js';
import { formatCount, formatNumber } from './format.js';

export type FailedOutcome = Extract<CheckOutcome, { kind: 'fail' }>;

/** How many checks came out how. */
export type CheckTally = Readonly<Record<CheckOutcome['kind'], number>>;

/** A check with the contract by which it was judged. */
export type PlacedCheck = CheckReport & { readonly contract: string };

export function checksOf(kernel: KernelReport): readonly PlacedCheck[] {
  if (kernel.status === 'unavailable') return [];
  return kernel.scenarios.flatMap(({ contract, checks }) => checks.map((check) => ({ ...check, contract })));
}

/** The same in every run, whatever else was asked: CI systems know a check again by it. */
export function checkLabel({ class: name, environment, contract }: CheckPlace): string {
  const own = environment === 'lsm' ? name : `${name} (${environment})`;
  return contract === defaultContract.name ? own : `${contract} ${own}`;
}

interface CheckPlace {
  readonly class: CheckClass;
  readonly environment: Environment;
  readonly contract: string;
}

/** `ENFORCEMENT_LEAK: expected EPERM, succeeded`. */
export function describeFailedCheck({ code, expected, actual }: FailedOutcome): string {
  return `${code}: expected ${expected}, ${actual}`;
}

export function checkTallyOf(checks: readonly CheckReport[]): CheckTally {
  const tally = { pass: 0, fail: 0, gained: 0, 'not-offered': 0, unproved: 0 };
  for (const { outcome } of checks) tally[outcome.kind] += 1;
  return tally;
}

/** What had to pass. What is not offered, or is more than was promised, stands beside it. */
export function askedChecks({ pass, fail, unproved }: CheckTally): number {
  return pass + fail + unproved;
}

/** `1 234 checks: 1 230 pass, 4 failed; 12 not offered`. */
export function checkTallyText(tally: CheckTally): string {
  const asked = [
    `${formatNumber(tally.pass)} pass`,
    ...counted(tally.fail, 'failed'),
    ...counted(tally.unproved, 'unproved'),
  ];
  const beside = [...counted(tally['not-offered'], 'not offered'), ...counted(tally.gained, 'gained')];
  const start = `${formatCount(askedChecks(tally), 'check')}: ${asked.join(', ')}`;
  return beside.length === 0 ? start : `${start}; ${beside.join(', ')}`;
}

function counted(count: number, label: string): readonly string[] {
  return count === 0 ? [] : [`${formatNumber(count)} ${label}`];
}
