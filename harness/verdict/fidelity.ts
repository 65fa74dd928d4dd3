import type { CheckOutcome, CheckReport, ScenarioReport } from '../model/check.js';

/**
 * Does the override tell the truth: is every outcome on a machine that was only told that it has no BPF LSM the outcome on
 * one that has none. Where they disagree the override lies, and whatever is tested by it alone proves nothing.
 */
export function fidelityChecks(override: ScenarioReport, real: ScenarioReport): readonly CheckReport[] {
  const reals = new Map(comparable(real).map((check) => [keyOf(check), check]));
  const overrides = new Set(comparable(override).map(keyOf));
  const compared = comparable(override).map((check) => verdictOn(check, check.outcome, reals.get(keyOf(check))?.outcome));
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

function verdictOn(check: CheckReport, override: CheckOutcome | undefined, real: CheckOutcome | undefined): CheckReport {
  const base = { ...check, environment: 'lsm-override', attempt: null } as const;
  const broken = [override, real].find((one) => one?.kind === 'unproved');
  if (broken !== undefined) return { ...base, outcome: broken };
  const [told, true_] = [wordsOf(override), wordsOf(real)];
  if (told === true_) return { ...base, outcome: { kind: 'pass' } };
  const evidence = [`check: ${check.check}`];
  return {
    ...base,
    outcome: {
      kind: 'fail',
      code: 'SEAM_INFIDELITY',
      expected: `${true_}, as without the LSM`,
      actual: told,
      evidence,
    },
  };
}

/** What an outcome says, without what differs from run to run: process numbers and times are in the evidence. */
function wordsOf(outcome: CheckOutcome | undefined): string {
  if (outcome === undefined) return 'not tried';
  return outcome.kind === 'fail' ? `${outcome.code}: ${outcome.actual}` : outcome.kind;
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
