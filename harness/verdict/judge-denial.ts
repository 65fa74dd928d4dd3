import type { CheckCode, CheckOutcome, CheckReport } from '../model/check.js';
import type {
  AllowedEvidence,
  Attempted,
  AttemptOutcome,
  DenialEvidence,
  Expected,
  Leg,
  LegMissing,
  UncoveredEvidence,
} from '../model/scenario-evidence.js';
import { judgeEvent, judgeSilence } from './judge-event.js';
import { expectedWords, meets, outcomeWords } from './outcome-words.js';

const pass: CheckOutcome = { kind: 'pass' };

/** The checks of one denied deed: control, denial, neighbour, audit, and what was told of each. */
export function judgeDenial(evidence: DenialEvidence): readonly CheckReport[] {
  const { free, expected, action, control, enforced, audited, optional } = evidence;
  const line = reporter(evidence);
  const absent = absence(evidence, [control.deed, control.neighbour], optional);
  if (absent !== null) return [line('control', control.deed, absent)];
  const vacuous = [control.deed, control.neighbour].some((deed) => deed !== null && !meets(deed.outcome, free));
  const controls = [
    line('control', control.deed, judgeControl(control.deed.outcome, free)),
    ...(control.neighbour === null
      ? []
      : [line('control neighbour', control.neighbour, judgeControl(control.neighbour.outcome, free))]),
  ];
  const asked = [
    ...legChecks(enforced.denied, 'denied', ({ deed }) => judgeDenied(deed.outcome, expected)),
    ...legChecks(enforced.denied, 'event', (leg) => judgeEvent(leg, action)),
    ...legChecks(enforced.neighbour, 'neighbour', ({ deed }) => judgeFree(deed.outcome, free)),
    ...legChecks(enforced.neighbour, 'neighbour event', judgeSilence),
    ...legChecks(audited, 'audit', ({ deed }) => judgeAudited(deed.outcome, free)),
    ...legChecks(audited, 'audit event', (leg) => judgeEvent(leg, 'AUDIT')),
  ];
  return [...controls, ...asked.map(({ leg, deed, outcome }) => line(leg, deed, vacuous ? unproved : outcome))];
}

const unproved: CheckOutcome = { kind: 'unproved', detail: 'its control failed' };

interface LegCheck {
  readonly leg: string;
  readonly deed: Attempted | null;
  readonly outcome: CheckOutcome;
}

/** None where there is no such leg. */
function legChecks(leg: Leg | LegMissing | null, name: string, judge: (leg: Leg) => CheckOutcome): readonly LegCheck[] {
  return leg === null ? [] : [{ leg: name, deed: deedOf(leg), outcome: onLeg(leg, judge) }];
}

/** A deed out of the subject's sight: it succeeds, and nobody claims otherwise. */
export function judgeUncovered(evidence: UncoveredEvidence): readonly CheckReport[] {
  const { free, control, enforced, optional, why } = evidence;
  const line = reporter(evidence);
  const absent = absence(evidence, [control], optional);
  if (absent !== null) return [line('control', control, absent)];
  const judged = judgeControl(control.outcome, free);
  const seen = judged.kind === 'fail' ? unproved : onLeg(enforced, ({ deed }) => judgeUnseen(deed.outcome, free, why));
  const told = judged.kind === 'fail' ? unproved : onLeg(enforced, judgeNoBoast);
  return [
    line('control', control, judged),
    line('not covered', deedOf(enforced), seen),
    line('not covered event', deedOf(enforced), seen.kind === 'gained' ? pass : told),
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
  if (!met) return failed('CONTROL_FAILED', expectedWords(free), outcome);
  return { kind: 'gained', detail: `${outcomeWords(outcome)}, though said to be out of reach: ${why}` };
}

/** Nobody claims to have stopped what succeeded. */
function judgeNoBoast({ events }: Leg): CheckOutcome {
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

/** A deed that nobody may stop. */
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
      deedOf(enforced),
      onLeg(enforced, ({ deed }) => judgeFree(deed.outcome, free)),
    ),
    line('silence', deedOf(enforced), onLeg(enforced, judgeSilence)),
  ];
}

/** Without the subject a deed must succeed: one that fails anyway proves nothing about anybody. */
function judgeControl(outcome: AttemptOutcome, free: Expected): CheckOutcome {
  return meets(outcome, free) ? pass : failed('CONTROL_FAILED', expectedWords(free), outcome);
}

function judgeDenied(outcome: AttemptOutcome, expected: Expected): CheckOutcome {
  if (meets(outcome, expected)) return pass;
  switch (outcome.kind) {
    case 'signalled':
      return failed('WRONG_SIGNAL', expectedWords(expected), outcome);
    case 'not-arranged':
      // It could be arranged before there was a subject.
      return failed('FALSE_BLOCK', 'it can be tried', outcome);
    case 'returned':
    case 'timed-out':
    case 'absent':
      return failed('ENFORCEMENT_LEAK', expectedWords(expected), outcome);
  }
}

function judgeFree(outcome: AttemptOutcome, free: Expected): CheckOutcome {
  return meets(outcome, free) ? pass : failed('FALSE_BLOCK', expectedWords(free), outcome);
}

function judgeAudited(outcome: AttemptOutcome, free: Expected): CheckOutcome {
  return meets(outcome, free) ? pass : failed('AUDIT_DENIED', `${expectedWords(free)}, and to be told`, outcome);
}

function failed(code: CheckCode, expected: string, outcome: AttemptOutcome): CheckOutcome {
  return { kind: 'fail', code, expected, actual: outcomeWords(outcome), evidence: [] };
}

function onLeg(leg: Leg | LegMissing, judge: (leg: Leg) => CheckOutcome): CheckOutcome {
  return 'missing' in leg ? { kind: 'unproved', detail: leg.missing } : judge(leg);
}

function deedOf(leg: Leg | LegMissing): Attempted | null {
  return 'missing' in leg ? null : leg.deed;
}

/** A facility that only some kernels have: told as that, and only where a scenario says it may be missing. */
function absence(
  { scenario }: { readonly scenario: string },
  deeds: readonly (Attempted | null)[],
  optional: boolean,
): CheckOutcome | null {
  const absent = deeds.find((deed) => deed?.outcome.kind === 'absent');
  if (absent?.outcome.kind !== 'absent') return null;
  const { detail } = absent.outcome;
  if (optional) return { kind: 'not-offered', by: 'kernel', detail };
  return failed('CONTROL_FAILED', `every kernel has ${scenario}`, absent.outcome);
}

type Place = Pick<CheckReport, 'class' | 'setting' | 'scenario'>;

function reporter({ class: name, setting, scenario }: Place) {
  return (leg: string, deed: Attempted | null, outcome: CheckOutcome): CheckReport => ({
    class: name,
    setting,
    scenario,
    leg,
    attempt: deed?.words ?? null,
    outcome,
  });
}
