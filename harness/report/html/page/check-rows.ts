// SPDX-License-Identifier: Apache-2.0
import type { PageChecks } from '../page-data.js';

export interface ShownCheck {
  readonly kernel: string;
  readonly label: string;
  readonly scenario: string;
  readonly check: string;
  readonly attempt: string;
  readonly state: string;
  readonly cameTo: string;
  readonly evidence: string;
}

export function readChecks({ texts, rows }: PageChecks): readonly ShownCheck[] {
  return rows.map((row) => {
    const words = row.map((index) => texts[index] ?? '');
    const [kernel = '', label = '', scenario = '', check = '', attempt = '', state = '', cameTo = '', evidence = ''] =
      words;
    return { kernel, label, scenario, check, attempt, state, cameTo, evidence };
  });
}

/** Checks of a scenario of which there is the same to say. */
export interface MergedCheck {
  readonly first: ShownCheck;
  readonly checks: readonly string[];
  /** Each once. */
  readonly attempts: readonly string[];
}

/** What failed first; nine checks of a scenario that passed are a line and not nine. */
export function checkRows(checks: readonly ShownCheck[]): readonly MergedCheck[] {
  const rows = new Map<
    string,
    { readonly first: ShownCheck; readonly checks: string[]; readonly attempts: Set<string> }
  >();
  for (const one of checks) {
    const { kernel, label, scenario, state, cameTo, evidence } = one;
    const key = JSON.stringify([kernel, label, scenario, state, cameTo, evidence]);
    const row = rows.get(key) ?? { first: one, checks: [], attempts: new Set<string>() };
    row.checks.push(one.check);
    if (one.attempt !== '') row.attempts.add(one.attempt);
    rows.set(key, row);
  }
  const all = [...rows.values()].map((row) => ({ ...row, attempts: [...row.attempts] }));
  return all.sort((a, b) => rank(a.first.state) - rank(b.first.state));
}

const order = ['fail', 'unproved', 'gained', 'not-offered', 'pass'];

function rank(state: string): number {
  return order.indexOf(state);
}
