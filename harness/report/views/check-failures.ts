// SPDX-License-Identifier: Apache-2.0
import {
  checkClasses,
  type CheckClass,
  type CheckCode,
  type FailedCheck,
  isFailedCheck,
  type Environment,
} from '../../model/check.js';
import type { KernelReport, RunReport } from '../../model/report.js';
import { checksOf, checkLabel } from './checks.js';
import { findingOfCheck } from './findings.js';

/** What failed of one scenario, with every kernel that shows the same. */
export interface ScenarioFailure {
  readonly class: CheckClass;
  readonly environment: Environment;
  readonly contract: string;
  readonly scenario: string;
  /** In the order of the report; their evidence is that of the first kernel. */
  readonly checks: readonly FailedCheck[];
  readonly kernels: readonly string[];
}

/** The failures of a class as a person can still read them. */
export interface ClassFailures {
  readonly class: CheckClass;
  readonly shown: readonly ScenarioFailure[];
  /** Failed checks of each code that are not shown, one a kernel. */
  readonly more: readonly { readonly code: CheckCode; readonly count: number }[];
}

/** Failed checks of no finding, by class, then in the order of kernels and scenarios; equal ones merged over kernels. */
export function checkFailuresOf(report: RunReport): readonly ClassFailures[] {
  const merged = new Map<string, ScenarioFailure>();
  for (const failure of report.kernels.flatMap(failuresIn)) {
    const key = sameness(failure);
    const before = merged.get(key);
    merged.set(key, before ? { ...before, kernels: [...before.kernels, ...failure.kernels] } : failure);
  }
  const all = [...merged.values()];
  return checkClasses
    .map((name) => all.filter((failure) => failure.class === name))
    .flatMap((failures) => (failures[0] === undefined ? [] : [capped(failures[0].class, failures)]));
}

function failuresIn(kernel: KernelReport): readonly ScenarioFailure[] {
  const byScenario = new Map<string, ScenarioFailure>();
  for (const check of checksOf(kernel).filter(isFailedCheck)) {
    if (findingOfCheck(kernel, check) !== undefined) continue;
    const { class: name, environment, contract, scenario } = check;
    const key = JSON.stringify([name, environment, contract, scenario]);
    const checks = [...(byScenario.get(key)?.checks ?? []), check];
    byScenario.set(key, { class: name, environment, contract, scenario, checks, kernels: [kernel.id] });
  }
  return [...byScenario.values()];
}

/** Evidence does not count: it holds process numbers and times, which differ from kernel to kernel. */
function sameness({ class: name, environment, contract, scenario, checks }: ScenarioFailure): string {
  const facts = checks.map(({ check, attempt, outcome: { code, expected, actual } }) => [
    check,
    attempt,
    code,
    expected,
    actual,
  ]);
  return JSON.stringify([name, environment, contract, scenario, facts]);
}

/** Checks shown of one code in one class: an agent that enforces nothing fails in hundreds of ways, all alike. */
const shownOfCode = 12;

function capped(name: CheckClass, failures: readonly ScenarioFailure[]): ClassFailures {
  const shown: ScenarioFailure[] = [];
  const seen = new Map<CheckCode, number>();
  const left = new Map<CheckCode, number>();
  for (const failure of failures) {
    const checks = failure.checks.filter(({ outcome: { code } }) => {
      const count = seen.get(code) ?? 0;
      if (count >= shownOfCode) left.set(code, (left.get(code) ?? 0) + failure.kernels.length);
      else seen.set(code, count + 1);
      return count < shownOfCode;
    });
    if (checks.length > 0) shown.push({ ...failure, checks });
  }
  return { class: name, shown, more: [...left].map(([code, count]) => ({ code, count })) };
}

/** An improvement: said to be out of reach, and met. */
export interface Gain {
  /** `network (lsm-override)`. */
  readonly label: string;
  readonly scenario: string;
  readonly check: string;
  readonly detail: string;
  readonly kernels: readonly string[];
}

/** Improvements, in the order of kernels and checks, equal ones merged over kernels. */
export function gainsOf(report: RunReport): readonly Gain[] {
  return remarksOf(report, 'gained');
}

/** The same of what passed in another way than was expected. */
export function otherwisePassed(report: RunReport): readonly Gain[] {
  return remarksOf(report, 'pass');
}

function remarksOf(report: RunReport, kind: 'gained' | 'pass'): readonly Gain[] {
  const merged = new Map<string, Gain>();
  for (const kernel of report.kernels) {
    for (const one of checksOf(kernel)) {
      const { scenario, check, outcome } = one;
      if (outcome.kind !== kind || outcome.detail === undefined) continue;
      const gain = { label: checkLabel(one), scenario, check, detail: outcome.detail };
      const key = JSON.stringify(gain);
      merged.set(key, { ...gain, kernels: [...(merged.get(key)?.kernels ?? []), kernel.id] });
    }
  }
  return [...merged.values()];
}
