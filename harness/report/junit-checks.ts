import { assertNever } from '../model/assert-never.js';
import { checkClasses, type CheckReport, type ScenarioReport } from '../model/check.js';
import type { KernelReport } from '../model/report.js';
import { checksOf, labelOf, verdictLine, type FailedOutcome } from './checks.js';
import type { JunitCase, JunitResult, JunitSuite } from './junit-model.js';

/** The machines that ran scenarios on a kernel, then a suite a class; none where no scenarios ran. */
export function checkSuites(kernel: KernelReport): readonly JunitSuite[] {
  if (kernel.status === 'unavailable' || kernel.scenarios.length === 0) return [];
  const checks = checksOf(kernel);
  const suites = checkClasses.map((name): JunitSuite => {
    const cases = checks.filter((check) => check.class === name).map((check) => checkCase(kernel.id, check));
    return { name: `${kernel.id}.${name}`, time: 0, properties: [], cases, output: null };
  });
  return [machineSuite(kernel.id, kernel.scenarios), ...suites.filter(({ cases }) => cases.length > 0)];
}

function checkCase(kernel: string, check: CheckReport): JunitCase {
  return {
    classname: `${kernel}.${labelOf(check)}`,
    name: `${check.scenario}: ${check.check}`,
    time: 0,
    source: null,
    result: resultOf(check),
  };
}

function resultOf({ outcome, attempt }: CheckReport): JunitResult {
  switch (outcome.kind) {
    case 'pass':
      return { kind: 'passed' };
    case 'fail':
      return {
        kind: 'failure',
        type: outcome.code,
        message: verdictLine(outcome),
        text: evidenceOf(outcome, attempt),
      };
    case 'gained':
      return { kind: 'skipped', message: `gained, an improvement to write down: ${outcome.detail}` };
    case 'not-offered':
      return { kind: 'skipped', message: `not offered by the ${outcome.by}: ${outcome.detail}` };
    case 'unproved':
      return { kind: 'skipped', message: `unproved: ${outcome.detail}` };
    default:
      return assertNever(outcome);
  }
}

function evidenceOf(outcome: FailedOutcome, attempt: string | null): string {
  const tried = attempt === null ? [] : [`attempt: ${attempt}`];
  return [verdictLine(outcome), ...tried, ...outcome.evidence].join('\n');
}

/** A case a machine: that one broke must be red even when every check before it passed. */
function machineSuite(kernel: string, machines: readonly ScenarioReport[]): JunitSuite {
  const name = `${kernel}.machines`;
  return {
    name,
    time: machines.reduce((sum, { ms }) => sum + ms, 0) / 1000,
    properties: machines.map(({ environment, posture }) => [`posture.${environment}`, posture ?? 'none'] as const),
    cases: machines.map((machine) => ({
      classname: name,
      name: machine.environment,
      time: machine.ms / 1000,
      source: null,
      result: machineResult(machine),
    })),
    output: machines.map(({ environment, console }) => `${environment}: console: ${consoleOf(console)}`).join('\n'),
  };
}

function machineResult({ fault, console }: ScenarioReport): JunitResult {
  if (fault === null) return { kind: 'passed' };
  const lines = [fault.message, `next: ${fault.next}`, `console: ${consoleOf(console)}`, '', ...fault.consoleTail];
  return { kind: 'error', type: fault.cause, message: `${fault.cause}: ${fault.message}`, text: lines.join('\n') };
}

function consoleOf(console: string | null): string {
  return console ?? 'none: QEMU never started';
}
