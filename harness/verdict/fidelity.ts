import type { CheckOutcome, CheckReport, ScenarioReport } from '../model/check.js';

/**
 * Does the seam tell the truth: is every outcome on a machine that was only told that it has no BPF LSM the outcome on
 * one that has none. Where they disagree the seam lies, and whatever is tested by it alone proves nothing.
 */
export function fidelityChecks(seam: ScenarioReport, real: ScenarioReport): readonly CheckReport[] {
  const reals = new Map(comparable(real).map((check) => [keyOf(check), check]));
  const seams = new Set(comparable(seam).map(keyOf));
  const compared = comparable(seam).map((check) => verdictOn(check, check.outcome, reals.get(keyOf(check))?.outcome));
  const alone = comparable(real)
    .filter((check) => !seams.has(keyOf(check)))
    .map((check) => verdictOn(check, undefined, check.outcome));
  return merged([...compared, ...alone]);
}

/** A complaint of the kernel, or an agent that died, says nothing about the seam. */
function comparable({ checks }: ScenarioReport): readonly CheckReport[] {
  return checks.filter(({ leg }) => !/^(?:kernel log|alive)/.test(leg));
}

function keyOf({ class: name, scenario, leg }: CheckReport): string {
  return JSON.stringify([name, scenario, leg]);
}

function verdictOn(check: CheckReport, seam: CheckOutcome | undefined, real: CheckOutcome | undefined): CheckReport {
  const base = { ...check, setting: 'seam', attempt: null } as const;
  const broken = [seam, real].find((one) => one?.kind === 'unproved');
  if (broken !== undefined) return { ...base, outcome: broken };
  const [told, true_] = [wordsOf(seam), wordsOf(real)];
  if (told === true_) return { ...base, outcome: { kind: 'pass' } };
  const evidence = [`leg: ${check.leg}`];
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

/** One check a scenario: its legs agree, or the first that does not speaks for it. */
function merged(checks: readonly CheckReport[]): readonly CheckReport[] {
  const byScenario = new Map<string, CheckReport>();
  for (const check of checks) {
    const key = JSON.stringify([check.class, check.scenario]);
    const before = byScenario.get(key);
    if (before === undefined || rank(check) > rank(before))
      byScenario.set(key, { ...check, leg: 'as without the LSM' });
  }
  return [...byScenario.values()];
}

function rank({ outcome }: CheckReport): number {
  if (outcome.kind === 'fail') return 2;
  return outcome.kind === 'unproved' ? 1 : 0;
}
