// SPDX-License-Identifier: Apache-2.0
import type { EventReader } from '../contracts/contract.js';
import type { CheckCode, CheckOutcome, CheckReport } from '../model/check.js';
import type {
  AllowedEvidence,
  Attempted,
  AttemptOutcome,
  DenialEvidence,
  Expected,
  ObservedAttempt,
  NotObserved,
  UncoveredEvidence,
} from '../model/scenario-evidence.js';
import { describeFields } from '../model/describe-value.js';
import { fitsPattern } from '../model/event-fields.js';
import { judgeEvent, judgeSilence } from './judge-event.js';
import { describeExpected, isRefused, outcomeMeets, describeOutcome } from '../model/describe-outcome.js';

const pass: CheckOutcome = { kind: 'pass' };

/** The checks of one attempt that a rule matches: control, denial, neighbour, audit, and the events of each. */
export function judgeDenial(evidence: DenialEvidence, reader: EventReader): readonly CheckReport[] {
  const { free, control, optional } = evidence;
  const line = reporter(evidence);
  const absent = absence(evidence, [control.attempt, control.neighbour], optional);
  if (absent !== null) return [line('control', control.attempt, absent)];
  const vacuous = [control.attempt, control.neighbour].some(
    (attempt) => attempt !== null && !outcomeMeets(attempt.outcome, free),
  );
  const controls = [
    line('control', control.attempt, judgeControl(control.attempt.outcome, free)),
    ...(control.neighbour === null
      ? []
      : [line('control neighbour', control.neighbour, judgeControl(control.neighbour.outcome, free))]),
  ];
  const asked = [...enforcedChecks(evidence, reader), ...auditedChecks(evidence, reader)];
  return [
    ...controls,
    ...asked.map(({ check, attempt, outcome }) => line(check, attempt, vacuous ? unproved : outcome)),
  ];
}

function enforcedChecks({ enforced, free }: DenialEvidence, reader: EventReader): readonly ObservedCheck[] {
  if (enforced === null) return [];
  const { denied, neighbour, expected } = enforced;
  return [
    ...observedChecks(denied, 'denied', (observed) => judgeDenied(observed, expected, reader)),
    ...observedChecks(denied, 'event', (observed) => judgeEventOf(observed, expected, reader)),
    ...observedChecks(neighbour, 'neighbour', ({ attempt }) => judgeFree(attempt.outcome, free)),
    ...observedChecks(neighbour, 'neighbour event', (observed) => judgeSilence(observed, reader)),
  ];
}

function auditedChecks({ audited, free }: DenialEvidence, reader: EventReader): readonly ObservedCheck[] {
  if (audited === null) return [];
  const { denied, neighbour } = audited;
  const judge = ({ attempt }: ObservedAttempt): CheckOutcome => judgeAudited(attempt.outcome, free);
  return [
    ...observedChecks(denied, 'audit', judge),
    ...observedChecks(denied, 'audit event', (observed) => judgeEvent(observed, reader)),
    ...observedChecks(neighbour, 'audit neighbour', judge),
    ...observedChecks(neighbour, 'audit neighbour event', (observed) => judgeSilence(observed, reader)),
  ];
}

const unproved: CheckOutcome = { kind: 'unproved', detail: 'its control failed' };

interface ObservedCheck {
  readonly check: string;
  readonly attempt: Attempted | null;
  readonly outcome: CheckOutcome;
}

/** None where there is no such check. */
function observedChecks(
  observed: ObservedAttempt | NotObserved | null,
  check: string,
  judge: (observed: ObservedAttempt) => CheckOutcome,
): readonly ObservedCheck[] {
  return observed === null ? [] : [{ check, attempt: attemptOf(observed), outcome: onObserved(observed, judge) }];
}

/** An attempt out of the agent's sight: it succeeds, and nobody claims otherwise. */
export function judgeUncovered(evidence: UncoveredEvidence, reader: EventReader): readonly CheckReport[] {
  const { free, control, observed, optional, why } = evidence;
  const line = reporter(evidence);
  const absent = absence(evidence, [control], optional);
  if (absent !== null) return [line('control', control, absent)];
  const judged = judgeControl(control.outcome, free);
  const [seen, claimed] =
    judged.kind === 'fail'
      ? [unproved, unproved]
      : [
          onObserved(observed, ({ attempt }) => judgeUnseen(attempt.outcome, free, why)),
          onObserved(observed, (one) => judgeNoClaim(one, reader)),
        ];
  return [
    line('control', control, judged),
    line('not covered', attemptOf(observed), seen),
    line('not covered event', attemptOf(observed), seen.kind === 'gained' ? pass : claimed),
  ];
}

const punishments = new Set([2, 9, 15]);

/** Refused or punished all the same is an improvement; anything else that went wrong is no answer. */
function judgeUnseen(outcome: AttemptOutcome, free: Expected, why: string): CheckOutcome {
  if (outcomeMeets(outcome, free)) return pass;
  const met = isRefused(outcome) || (outcome.kind === 'signalled' && punishments.has(outcome.signal));
  if (!met) return failed('CONTROL_FAILED', describeExpected(free), outcome);
  return { kind: 'gained', detail: `${describeOutcome(outcome)}, though said to be out of reach: ${why}` };
}

/** Nobody claims to have stopped what succeeded. */
function judgeNoClaim({ events }: ObservedAttempt, reader: EventReader): CheckOutcome {
  for (const event of events) {
    const stopped = reader.claimedStop(event);
    if (stopped === null) continue;
    const evidence = [`the event: ${describeFields(event)}`];
    const expected = 'no claim to have stopped it';
    return { kind: 'fail', code: 'EVENT_WRONG', expected, actual: `reported as ${stopped}`, evidence };
  }
  return pass;
}

/** An attempt that nobody may stop. */
export function judgeAllowed(evidence: AllowedEvidence, reader: EventReader): readonly CheckReport[] {
  const { free, control, observed, optional } = evidence;
  const line = reporter(evidence);
  const absent = absence(evidence, [control], optional);
  if (absent !== null) return [line('control', control, absent)];
  const judged = judgeControl(control.outcome, free);
  if (judged.kind === 'fail') return [line('control', control, judged)];
  return [
    line('control', control, judged),
    line(
      'allowed',
      attemptOf(observed),
      onObserved(observed, ({ attempt }) => judgeFree(attempt.outcome, free)),
    ),
    line(
      'silence',
      attemptOf(observed),
      onObserved(observed, (one) => judgeSilence(one, reader)),
    ),
  ];
}

/** Without the agent an attempt must succeed: one that fails anyway proves nothing about anybody. */
function judgeControl(outcome: AttemptOutcome, free: Expected): CheckOutcome {
  return outcomeMeets(outcome, free) ? pass : failed('CONTROL_FAILED', describeExpected(free), outcome);
}

function judgeDenied(observed: ObservedAttempt, expected: Expected, reader: EventReader): CheckOutcome {
  const { outcome } = observed.attempt;
  if (outcomeMeets(outcome, expected)) return pass;
  const other = otherDenial(observed, expected, reader);
  if (other !== null) return { kind: 'pass', detail: `${describeOutcome(outcome)} by another rule: ${other}` };
  switch (outcome.kind) {
    case 'signalled':
      return failed('WRONG_SIGNAL', describeExpected(expected), outcome);
    case 'not-arranged':
      // It could be arranged before there was an agent.
      return failed('FALSE_BLOCK', 'it can be tried', outcome);
    case 'returned':
    case 'timed-out':
    case 'absent':
      return failed('ENFORCEMENT_LEAK', describeExpected(expected), outcome);
  }
}

/** Whoever was denied by another rule has the event of that rule. */
function judgeEventOf(observed: ObservedAttempt, expected: Expected, reader: EventReader): CheckOutcome {
  const other = otherDenial(observed, expected, reader);
  return other === null ? judgeEvent(observed, reader) : { kind: 'pass', detail: `of another rule: ${other}` };
}

/**
 * The agent's event of an attempt that another rule of the same policy denies, earlier and with another errno: no leak. Null
 * where it was not refused, or where no event says that something else was denied: then nobody knows who did it.
 */
function otherDenial(
  { attempt: { outcome }, events, pattern }: ObservedAttempt,
  expected: Expected,
  reader: EventReader,
): string | null {
  if (!isRefused(outcome) || outcomeMeets(outcome, expected)) return null;
  if (expected.kind !== 'returned' || pattern === null) return null;
  const by = events.find((event) => reader.claimedStop(event) !== null && !fitsPattern(event, pattern));
  return by === undefined ? null : reader.describe(by);
}

function judgeFree(outcome: AttemptOutcome, free: Expected): CheckOutcome {
  return outcomeMeets(outcome, free) ? pass : failed('FALSE_BLOCK', describeExpected(free), outcome);
}

function judgeAudited(outcome: AttemptOutcome, free: Expected): CheckOutcome {
  return outcomeMeets(outcome, free)
    ? pass
    : failed('AUDIT_DENIED', `${describeExpected(free)}, and an event`, outcome);
}

function failed(code: CheckCode, expected: string, outcome: AttemptOutcome): CheckOutcome {
  return { kind: 'fail', code, expected, actual: describeOutcome(outcome), evidence: [] };
}

function onObserved(
  observed: ObservedAttempt | NotObserved,
  judge: (observed: ObservedAttempt) => CheckOutcome,
): CheckOutcome {
  return 'missing' in observed ? unprovedBy(observed) : judge(observed);
}

function unprovedBy({ missing, phase }: NotObserved): CheckOutcome {
  return { kind: 'unproved', detail: missing, ...(phase === undefined ? {} : { phase }) };
}

function attemptOf(observed: ObservedAttempt | NotObserved): Attempted | null {
  return 'missing' in observed ? null : observed.attempt;
}

/** A facility that only some kernels have: reported as that, and only where the scenario allows that it is missing. */
function absence(
  { scenario }: { readonly scenario: string },
  attempts: readonly (Attempted | null)[],
  optional: boolean,
): CheckOutcome | null {
  const absent = attempts.find((attempt) => attempt?.outcome.kind === 'absent');
  if (absent?.outcome.kind !== 'absent') return null;
  const { detail } = absent.outcome;
  if (optional) return { kind: 'not-offered', by: 'kernel', detail };
  return failed('CONTROL_FAILED', `every kernel has ${scenario}`, absent.outcome);
}

type Place = Pick<CheckReport, 'class' | 'environment' | 'scenario'>;

function reporter({ class: name, environment, scenario }: Place) {
  return (check: string, attempt: Attempted | null, outcome: CheckOutcome): CheckReport => ({
    class: name,
    environment,
    scenario,
    check,
    attempt: attempt?.operation ?? null,
    outcome,
  });
}
