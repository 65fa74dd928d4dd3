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
import { judgeEvent, judgeSilence } from './judge-event.js';
import { describeExpected, meets, describeOutcome } from './describe-outcome.js';

const pass: CheckOutcome = { kind: 'pass' };

/** The checks of one denied attempt: control, denial, neighbour, audit, and what was told of each. */
export function judgeDenial(evidence: DenialEvidence): readonly CheckReport[] {
  const { free, expected, action, control, enforced, audited, optional } = evidence;
  const line = reporter(evidence);
  const absent = absence(evidence, [control.attempt, control.neighbour], optional);
  if (absent !== null) return [line('control', control.attempt, absent)];
  const vacuous = [control.attempt, control.neighbour].some((attempt) => attempt !== null && !meets(attempt.outcome, free));
  const controls = [
    line('control', control.attempt, judgeControl(control.attempt.outcome, free)),
    ...(control.neighbour === null
      ? []
      : [line('control neighbour', control.neighbour, judgeControl(control.neighbour.outcome, free))]),
  ];
  const asked = [
    ...observedChecks(enforced.denied, 'denied', ({ attempt }) => judgeDenied(attempt.outcome, expected)),
    ...observedChecks(enforced.denied, 'event', (check) => judgeEvent(check, action)),
    ...observedChecks(enforced.neighbour, 'neighbour', ({ attempt }) => judgeFree(attempt.outcome, free)),
    ...observedChecks(enforced.neighbour, 'neighbour event', judgeSilence),
    ...observedChecks(audited, 'audit', ({ attempt }) => judgeAudited(attempt.outcome, free)),
    ...observedChecks(audited, 'audit event', (check) => judgeEvent(check, 'AUDIT')),
  ];
  return [...controls, ...asked.map(({ check, attempt, outcome }) => line(check, attempt, vacuous ? unproved : outcome))];
}

const unproved: CheckOutcome = { kind: 'unproved', detail: 'its control failed' };

interface ObservedCheck {
  readonly check: string;
  readonly attempt: Attempted | null;
  readonly outcome: CheckOutcome;
}

/** None where there is no such check. */
function observedChecks(check: ObservedAttempt | NotObserved | null, name: string, judge: (check: ObservedAttempt) => CheckOutcome): readonly ObservedCheck[] {
  return check === null ? [] : [{ check: name, attempt: attemptOf(check), outcome: onObserved(check, judge) }];
}

/** An attempt out of the agent's sight: it succeeds, and nobody claims otherwise. */
export function judgeUncovered(evidence: UncoveredEvidence): readonly CheckReport[] {
  const { free, control, enforced, optional, why } = evidence;
  const line = reporter(evidence);
  const absent = absence(evidence, [control], optional);
  if (absent !== null) return [line('control', control, absent)];
  const judged = judgeControl(control.outcome, free);
  const seen = judged.kind === 'fail' ? unproved : onObserved(enforced, ({ attempt }) => judgeUnseen(attempt.outcome, free, why));
  const told = judged.kind === 'fail' ? unproved : onObserved(enforced, judgeNoBoast);
  return [
    line('control', control, judged),
    line('not covered', attemptOf(enforced), seen),
    line('not covered event', attemptOf(enforced), seen.kind === 'gained' ? pass : told),
  ];
}

const refusals = new Set([1, 13]);
const punishments = new Set([2, 9, 15]);

/** Refused or punished all the same is an improvement; anything else that went wrong is no answer. */
function judgeUnseen(outcome: AttemptOutcome, free: Expected, why: string): CheckOutcome {
  if (meets(outcome, free)) return pass;
  const met =
    (outcome.kind === 'returned' && refusals.has(outcome.errno)) ||
    (outcome.kind === 'signalled' && punishments.has(outcome.signal));
  if (!met) return failed('CONTROL_FAILED', describeExpected(free), outcome);
  return { kind: 'gained', detail: `${describeOutcome(outcome)}, though said to be out of reach: ${why}` };
}

/** Nobody claims to have stopped what succeeded. */
function judgeNoBoast({ events }: ObservedAttempt): CheckOutcome {
  const boast = events.find(({ action }) => action !== 'AUDIT');
  if (boast === undefined) return pass;
  const evidence = [`event: ${JSON.stringify(boast)}`];
  return {
    kind: 'fail',
    code: 'EVENT_WRONG',
    expected: 'no claim to have stopped it',
    actual: `told as ${String(boast['action'])}`,
    evidence,
  };
}

/** An attempt that nobody may stop. */
export function judgeAllowed(evidence: AllowedEvidence): readonly CheckReport[] {
  const { free, control, enforced, optional } = evidence;
  const line = reporter(evidence);
  const absent = absence(evidence, [control], optional);
  if (absent !== null) return [line('control', control, absent)];
  const judged = judgeControl(control.outcome, free);
  if (judged.kind === 'fail') return [line('control', control, judged)];
  return [
    line('control', control, judged),
    line(
      'allowed',
      attemptOf(enforced),
      onObserved(enforced, ({ attempt }) => judgeFree(attempt.outcome, free)),
    ),
    line('silence', attemptOf(enforced), onObserved(enforced, judgeSilence)),
  ];
}

/** Without the agent an attempt must succeed: one that fails anyway proves nothing about anybody. */
function judgeControl(outcome: AttemptOutcome, free: Expected): CheckOutcome {
  return meets(outcome, free) ? pass : failed('CONTROL_FAILED', describeExpected(free), outcome);
}

function judgeDenied(outcome: AttemptOutcome, expected: Expected): CheckOutcome {
  if (meets(outcome, expected)) return pass;
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

function judgeFree(outcome: AttemptOutcome, free: Expected): CheckOutcome {
  return meets(outcome, free) ? pass : failed('FALSE_BLOCK', describeExpected(free), outcome);
}

function judgeAudited(outcome: AttemptOutcome, free: Expected): CheckOutcome {
  return meets(outcome, free) ? pass : failed('AUDIT_DENIED', `${describeExpected(free)}, and to be told`, outcome);
}

function failed(code: CheckCode, expected: string, outcome: AttemptOutcome): CheckOutcome {
  return { kind: 'fail', code, expected, actual: describeOutcome(outcome), evidence: [] };
}

function onObserved(check: ObservedAttempt | NotObserved, judge: (check: ObservedAttempt) => CheckOutcome): CheckOutcome {
  return 'missing' in check ? { kind: 'unproved', detail: check.missing } : judge(check);
}

function attemptOf(check: ObservedAttempt | NotObserved): Attempted | null {
  return 'missing' in check ? null : check.attempt;
}

/** A facility that only some kernels have: told as that, and only where a scenario says it may be missing. */
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
    attempt: attempt?.words ?? null,
    outcome,
  });
}
