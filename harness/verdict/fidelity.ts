// SPDX-License-Identifier: Apache-2.0
import type { CheckOutcome, CheckReport, ScenarioReport } from '../model/check.js';

/**
 * Does the override show what it is there to show: has an agent that only believes that there is no BPF LSM every outcome
 * that it has where there is none. Where they differ, whatever is tested by the override alone proves nothing.
 */
export function fidelityChecks(override: ScenarioReport, real: ScenarioReport): readonly CheckReport[] {
  const reals = new Map(comparable(real).map((check) => [keyOf(check), check]));
  const overrides = new Set(comparable(override).map(keyOf));
  const compared = comparable(override).map((check) =>
    verdictOn(check, check.outcome, reals.get(keyOf(check))?.outcome),
  );
  const alone = comparable(real)
    .filter((check) => !overrides.has(keyOf(check)))
    .map((check) => verdictOn(check, undefined, check.outcome));
  return merged([...compared, ...alone]);
}

/** A complaint of the kernel, or an agent that died, says nothing about the override. */
function comparable({ checks }: ScenarioReport): readonly CheckReport[] {
  return checks.filter(({ check }) => !/^(?:kernel log|alive)/.test(check));
}

function keyOf({ class: name, scenario, check }: CheckReport): string {
  return JSON.stringify([name, scenario, check]);
}

function verdictOn(
  check: CheckReport,
  override: CheckOutcome | undefined,
  real: CheckOutcome | undefined,
): CheckReport {
  const base = { ...check, environment: 'lsm-override', attempt: null } as const;
  const broken = [override, real].find((one) => one?.kind === 'unproved');
  if (broken !== undefined) return { ...base, outcome: broken };
  const [seen, truth] = [summaryOf(override), summaryOf(real)];
  if (seen === truth) return { ...base, outcome: { kind: 'pass' } };
  const evidence = [`check: ${check.check}`];
  return {
    ...base,
    outcome: {
      kind: 'fail',
      code: 'SEAM_INFIDELITY',
      expected: `${truth}, as without the LSM`,
      actual: seen,
      evidence,
    },
  };
}

/** A word with a digit in it, but for an exit status and the number of a signal: a time, a process, a count, an address. */
const numbers = /(?<!\b(?:exit|signal) )(?<![\w:.+-])(?=[\w:.+-]*\d)[\w:.+-]+/g;

/** What the agent does. An outcome may quote what it has printed, and there times and process numbers are never twice the same. */
function summaryOf(outcome: CheckOutcome | undefined): string {
  if (outcome === undefined) return 'not tried';
  if (outcome.kind !== 'fail') return outcome.kind;
  return `${outcome.code}: ${outcome.actual.replaceAll(numbers, '#')}`;
}

/** One check a scenario: its checks agree, or the first that does not speaks for it. */
function merged(checks: readonly CheckReport[]): readonly CheckReport[] {
  const byScenario = new Map<string, CheckReport>();
  for (const check of checks) {
    const key = JSON.stringify([check.class, check.scenario]);
    const before = byScenario.get(key);
    if (before === undefined || rank(check) > rank(before))
      byScenario.set(key, { ...check, check: 'as without the LSM' });
  }
  return [...byScenario.values()];
}

function rank({ outcome }: CheckReport): number {
  if (outcome.kind === 'fail') return 2;
  return outcome.kind === 'unproved' ? 1 : 0;
}
