// SPDX-License-Identifier: Apache-2.0
import type { EventReader } from '../contracts/contract.js';
import { fitsPattern } from '../model/event-fields.js';
import type { CheckOutcome, CheckReport } from '../model/check.js';
import type { EventPattern, ObservationEvidence, RawEvent, ReportedAttempt } from '../model/scenario-evidence.js';
import { describeExpected, describeOutcome, outcomeMeets } from '../model/describe-outcome.js';
import { describeDifference, describePattern, shownEventLines } from './judge-event.js';

const pass: CheckOutcome = { kind: 'pass' };

/** An attempt with an agent that only observes: nothing of it changes, and it has its events and no other. */
export function judgeObservation(evidence: ObservationEvidence, reader: EventReader): readonly CheckReport[] {
  const { class: name, environment, scenario, free, control, observed, optional } = evidence;
  const line = (check: string, attempt: string | null, outcome: CheckOutcome): CheckReport => ({
    class: name,
    environment,
    scenario,
    check,
    attempt,
    outcome,
  });
  if (control.outcome.kind === 'absent' && optional) {
    const { detail } = control.outcome;
    return [line('control', control.operation, { kind: 'not-offered', by: 'kernel', detail })];
  }
  if (!outcomeMeets(control.outcome, free)) {
    const actual = describeOutcome(control.outcome);
    const outcome = failed('CONTROL_FAILED', describeExpected(free), actual, []);
    return [line('control', control.operation, outcome)];
  }
  const controlled = line('control', control.operation, pass);
  if ('missing' in observed) {
    const outcome: CheckOutcome = { kind: 'unproved', detail: observed.missing };
    return [controlled, line('outcome', null, outcome), line('event', null, outcome)];
  }
  const checks = observed.flatMap((one) => {
    const { operation } = one.attempt;
    const of = one.traced ? '' : 'untraced ';
    return [
      line(`${of}outcome`, operation, judgeUnchanged(one, evidence)),
      line(
        `${of}event`,
        operation,
        one.traced ? judgeEvents(one, evidence, reader) : judgeUntraced(one, evidence, reader),
      ),
    ];
  });
  return [controlled, ...checks];
}

type At = Pick<ObservationEvidence, 'hook' | 'program' | 'free'>;

/** Where somebody has to look for the mistake: `hook file_open, program audit_open`. */
export function describeHook({ hook, program }: Pick<At, 'hook' | 'program'>): string {
  return `hook ${hook}, ${program === null ? 'program unknown: the kernel does not say which' : `program ${program}`}`;
}

function judgeUnchanged({ attempt, traced }: ReportedAttempt, at: At): CheckOutcome {
  if (outcomeMeets(attempt.outcome, at.free)) return pass;
  const expected = `${describeExpected(at.free)}, as without the agent`;
  const whose = traced ? 'a traced process' : 'a process that is not traced';
  return failed('OBSERVER_DENIED', expected, describeOutcome(attempt.outcome), [describeHook(at), `by ${whose}`]);
}

/** Exactly the events that were asked for, each once. */
function judgeEvents({ patterns, events }: ReportedAttempt, at: At, reader: EventReader): CheckOutcome {
  const { missing, surplus } = match(patterns, events);
  const expected = expectation(patterns, at);
  const details = [describeHook(at), ...shownEventLines(events)];
  const [first] = missing;
  if (first === undefined) {
    const [stray] = surplus;
    if (stray === undefined) return pass;
    const more = surplus.length > 1 ? `, and ${surplus.length - 1} more` : '';
    return failed('EVENT_WRONG', expected, `reported as ${reader.describe(stray)}${more}`, details);
  }
  if (surplus.length === 0) return failed('EVENT_MISSING', expected, 'nothing was reported', details);
  return failed('EVENT_WRONG', expected, describeDifference(surplus, first), details);
}

function expectation(patterns: readonly EventPattern[], { hook }: At): string {
  if (patterns.length === 0) return `no event from ${hook}`;
  return `one event from ${hook}: ${patterns.map(describePattern).join(', and one: ')}`;
}

/** Each event fits one pattern at most. */
function match(patterns: readonly EventPattern[], events: readonly RawEvent[]) {
  const surplus = [...events];
  const missing = patterns.filter((pattern) => {
    const at = surplus.findIndex((event) => fitsPattern(event, pattern));
    if (at >= 0) surplus.splice(at, 1);
    return at < 0;
  });
  return { missing, surplus };
}

/** Of a process that the agent was not told to look at it must not say a word. */
function judgeUntraced({ events, attempt }: ReportedAttempt, at: At, reader: EventReader): CheckOutcome {
  const [first] = events;
  if (first === undefined) return pass;
  const actual = `reported as ${reader.describe(first)}`;
  const details = [describeHook(at), ...shownEventLines(events)];
  return failed('EVENT_WRONG', `no event: process ${attempt.pid} and its family are not traced`, actual, details);
}

type Failure = Extract<CheckOutcome, { kind: 'fail' }>;

function failed(code: Failure['code'], expected: string, actual: string, evidence: readonly string[]): CheckOutcome {
  return { kind: 'fail', code, expected, actual, evidence };
}
