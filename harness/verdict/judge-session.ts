// SPDX-License-Identifier: Apache-2.0
import type { Contract } from '../contracts/contract.js';
import { contractNamed } from '../contracts/registry.js';
import type { CheckReport, ScenarioReport } from '../model/check.js';
import type { ScenarioEvidence } from '../model/scenario-evidence.js';
import type { Verdict } from '../model/verdict.js';
import type { ScenarioSession } from '../results/session.js';
import type { Target } from '../target.js';
import { fidelityChecks } from './fidelity.js';
import { hooksUsed, type ProvedMachine } from './finding-facts.js';
import type { Extent } from './judge-kernel.js';
import { judgeScenarios } from './judge-scenarios.js';

/** The machines of a kernel of an architecture, each with its report beside its evidence. */
export function provedMachines(sessions: readonly ScenarioSession[], target: Target): readonly ProvedMachine[] {
  const reports = judgeSessions(sessions);
  return sessions.flatMap(({ contract, evidence, environment }, index) => {
    const report = reports[index];
    if (report === undefined) return [];
    return [{ report, contract: contractNamed(contract), evidence, uses: hooksUsed(evidence, environment), target }];
  });
}

/** What each machine of a kernel proved; the override's also whether the override shows the truth. */
export function judgeSessions(sessions: readonly ScenarioSession[]): readonly ScenarioReport[] {
  const reports = sessions.map(judgeSession);
  return reports.map((report) => {
    const real = reports.find((one) => one.environment === 'no-lsm' && one.contract === report.contract);
    if (report.environment !== 'lsm-override' || real === undefined) return report;
    if (report.fault !== null || real.fault !== null || isDeclined(report)) return report;
    // What one of them was not asked any more differs, and means nothing.
    if (sessions.some(({ evidence }) => evidence.some(({ kind }) => kind === 'not-run'))) return report;
    return { ...report, checks: [...report.checks, ...fidelityChecks(report, real)] };
  });
}

function judgeSession(session: ScenarioSession): ScenarioReport {
  const { environment, evidence, fault, boot, console, ms } = session;
  const contract = contractNamed(session.contract);
  return {
    contract: session.contract,
    environment,
    posture: claimedPosture(evidence, contract),
    checks: distinct(judgeScenarios(evidence, contract)),
    fault,
    cmdline: boot?.cmdline ?? '',
    console,
    bootMs: boot?.bootMs ?? null,
    start: boot?.start ?? null,
    ms,
  };
}

/**
 * The state that the agent claimed where it should have enforced; null where it was not asked to. Where no state of its
 * contract enforces anything, the one that it claimed at all.
 */
function claimedPosture(evidence: readonly ScenarioEvidence[], { report, states }: Contract): string | null {
  const enforcing = Object.values(states).some(({ enforces }) => enforces);
  for (const one of evidence) {
    if (one.kind !== 'posture' || (enforcing && states[one.expected]?.enforces !== true)) continue;
    const { report: given, announced } = one.claim;
    const reported = given?.kind === 'read' && report !== null && given.lacks?.includes(report.stateField) !== true;
    const state = reported ? report.stateOf(given.value) : announced;
    return typeof state === 'string' ? state : 'nothing';
  }
  return null;
}

/** Two checks of one name would be one test case to some readers; the second gets a number. */
function distinct(checks: readonly CheckReport[]): readonly CheckReport[] {
  const seen = new Map<string, number>();
  return checks.map((check) => {
    const key = JSON.stringify([check.class, check.scenario, check.check]);
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? check : { ...check, check: `${check.check} ${count}` };
  });
}

/**
 * Null when there is nothing to hold against the kernel. That an agent offers nothing of what it was asked on some machines is
 * held against it where these are all that a run has, and not where others are another shard's (`part`).
 */
export function scenarioVerdict(
  reports: readonly ScenarioReport[],
  extent: Extent = 'whole',
): Exclude<Verdict, { kind: 'pass' }> | null {
  const checks = reports.flatMap((report) => report.checks);
  for (const { outcome } of checks) {
    if (outcome.kind === 'fail') return { kind: 'fail', stage: 'enforce', code: outcome.code };
  }
  const broken = reports.find(({ fault }) => fault !== null);
  if (broken?.fault) return { kind: 'infra', cause: broken.fault.cause };
  const nothing = extent === 'whole' && reports.length > 0 && !reports.some(provesSomething);
  const gap = reports.find((report) => !provesSomething(report) && !isDeclined(report));
  return gap === undefined && !nothing ? null : { kind: 'fail', stage: 'enforce', code: 'NOTHING_TESTED' };
}

/** Checks that only show that something could be proved, and prove nothing by themselves. */
const preliminary = /^(?:control( neighbour)?|start|alive|event lines|kernel log)( \d+)?$/;

/** Never green by default: a machine that proved nothing, or could not look at what it should have, is no pass. */
function provesSomething({ checks }: ScenarioReport): boolean {
  if (checks.some(({ outcome }) => outcome.kind === 'unproved')) return false;
  const asked = checks.filter(({ outcome }) => outcome.kind !== 'not-offered');
  return asked.some(({ check, outcome }) => outcome.kind === 'pass' && !preliminary.test(check));
}

/** All that was asked of a machine is nothing that the agent, or this kernel, offers. */
function isDeclined({ checks }: ScenarioReport): boolean {
  const asked = checks.filter(({ check }) => !preliminary.test(check));
  return asked.length > 0 && asked.every(({ outcome }) => outcome.kind === 'not-offered' || outcome.kind === 'gained');
}
