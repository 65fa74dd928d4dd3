// SPDX-License-Identifier: Apache-2.0
import type { Contract } from '../contracts/contract.js';
import { assertNever } from '../model/assert-never.js';
import type { CheckOutcome, CheckReport } from '../model/check.js';
import type {
  AttemptName,
  ClaimEvidence,
  EventLinesEvidence,
  LastReported,
  LifeEvidence,
  NotRunEvidence,
  RecordsEvidence,
  ScenarioEvidence,
  WatchEvidence,
} from '../model/scenario-evidence.js';
import { judgeAllowed, judgeDenial, judgeUncovered } from './judge-denial.js';
import { judgeKernelLog } from './judge-kernel-log.js';
import { judgeObservation } from './judge-observation.js';
import { judgePosture } from './judge-posture.js';

const pass: CheckOutcome = { kind: 'pass' };

/** All checks that follow from what one machine saw, in the order in which it saw it. `contract`: the agent's. */
export function judgeScenarios(evidence: readonly ScenarioEvidence[], contract: Contract): readonly CheckReport[] {
  return evidence.flatMap((one) => (one.kind === 'not-run' ? [judgeNotRun(one)] : judgeApart(one, contract)));
}

/** Evidence that breaks its judge costs its own check, which is not passed then, and no other. */
function judgeApart(evidence: Exclude<ScenarioEvidence, NotRunEvidence>, contract: Contract): readonly CheckReport[] {
  try {
    return judgeOne(evidence, contract);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [line(evidence, 'judged', { kind: 'unproved', detail: `its evidence cannot be judged: ${why}` })];
  }
}

function judgeOne(evidence: Exclude<ScenarioEvidence, NotRunEvidence>, contract: Contract): readonly CheckReport[] {
  if ('control' in evidence) return judgeAttempt(evidence, contract.events);
  switch (evidence.kind) {
    case 'posture':
      return judgePosture(evidence, contract);
    case 'not-offered': {
      const { by, detail } = evidence;
      return [line(evidence, 'offered', { kind: 'not-offered', by, detail })];
    }
    case 'watch':
      return [line(evidence, evidence.check, judgeWatch(evidence))];
    case 'claim':
      return [{ ...line(evidence, evidence.check, judgeClaim(evidence)), attempt: evidence.attempt ?? null }];
    case 'records':
      return [line(evidence, 'records', judgeRecords(evidence))];
    case 'life':
      return [line(evidence, 'alive', judgeLife(evidence))];
    case 'event-lines':
      return [line(evidence, 'event lines', judgeEventLines(evidence))];
    case 'kernel-log':
      return [line(evidence, 'kernel log', judgeKernelLog(evidence))];
    default:
      return assertNever(evidence);
  }
}

/** What was tried once without an agent and then with one. */
function judgeAttempt(
  evidence: Extract<ScenarioEvidence, { control: unknown }>,
  reader: Contract['events'],
): readonly CheckReport[] {
  switch (evidence.kind) {
    case 'denial':
      return judgeDenial(evidence, reader);
    case 'uncovered':
      return judgeUncovered(evidence, reader);
    case 'allowed':
      return judgeAllowed(evidence, reader);
    case 'observation':
      return judgeObservation(evidence, reader);
    default:
      return assertNever(evidence);
  }
}

/** Never a pass: the failure that ended the run is reported where it was seen. */
function judgeNotRun(evidence: NotRunEvidence): CheckReport {
  const { detail, phase } = evidence;
  return line(evidence, 'run', { kind: 'unproved', detail, ...(phase === undefined ? {} : { phase }) });
}

/** Opens in a tight loop: not one gets through, and there were some, or nothing was proved. */
function judgeWatch({ announced, opened, denied, blames }: WatchEvidence): CheckOutcome {
  const actual = `${opened} opens succeeded, ${denied} were denied`;
  if (!announced) return fail('CONTROL_FAILED', 'enforcement is promised', 'it never was');
  if (opened > 0) return fail(blames, 'no denied open succeeds', actual);
  return denied > 0 ? pass : fail('CONTROL_FAILED', 'at least one open is tried', actual);
}

function judgeClaim({ holds, blames, expected, actual, details }: ClaimEvidence): CheckOutcome {
  return holds ? pass : fail(blames, expected, actual, details);
}

function judgeRecords({ records, atLeast, dirty }: RecordsEvidence): CheckOutcome {
  if (records < atLeast) {
    return fail('CONTROL_FAILED', `at least ${atLeast} records in the ring`, `${records} records`);
  }
  if (dirty.length === 0) return pass;
  return fail('EVENT_DIRTY_TAIL', 'no byte that was not written for it', dirty[0] ?? '', dirty.slice(1, 6));
}

function judgeLife({ life }: LifeEvidence): CheckOutcome {
  if (life.kind === 'running') return pass;
  if (life.kind === 'hung') return fail('AGENT_HUNG', 'it ends on SIGTERM', `still there after ${life.ms / 1000} s`);
  return fail('AGENT_DIED', 'it runs until it is told to end', life.end, [...describeLast(life.last), ...life.output]);
}

/** For whoever looks for what made it end. */
function describeLast(last: LastReported | undefined): readonly string[] {
  if (last === undefined) return [];
  const { reported, next } = last;
  return [
    reported === null
      ? 'it has reported no attempt'
      : `the last attempt that it reported: ${describeAttempt(reported)}`,
    ...(next === null ? [] : [`the next that it should have reported: ${describeAttempt(next)}`]),
  ];
}

function describeAttempt({ class: name, scenario, operation }: AttemptName): string {
  return `${name}: ${scenario} (${operation})`;
}

function judgeEventLines({ lines, bad }: EventLinesEvidence): CheckOutcome {
  if (bad.length === 0) return pass;
  return fail('EVENT_WRONG', 'events of the contract', `${bad.length} of ${lines} lines are none`, bad.slice(0, 3));
}

type Failure = Extract<CheckOutcome, { kind: 'fail' }>;

function fail(code: Failure['code'], expected: string, actual: string, evidence: readonly string[] = []): CheckOutcome {
  return { kind: 'fail', code, expected, actual, evidence };
}

function line(evidence: ScenarioEvidence, check: string, outcome: CheckOutcome): CheckReport {
  const { class: name, environment, scenario } = evidence;
  return { class: name, environment, scenario, check, attempt: null, outcome };
}
