// SPDX-License-Identifier: Apache-2.0
import type { EventReader } from '../contracts/contract.js';
import type { CheckOutcome } from '../model/check.js';
import { describeFields, describeJsonValue } from '../model/describe-value.js';
import { hasFields } from '../model/event-fields.js';
import type { EventPattern, ObservedAttempt, RawEvent } from '../model/scenario-evidence.js';

const shownEvents = 3;

/** An attempt that a rule matched has an event, as what it was and with what was done about it. */
export function judgeEvent(observed: ObservedAttempt, reader: EventReader): CheckOutcome {
  const { events, pattern } = observed;
  if (pattern === null) return judgeSilence(observed, reader);
  const expected = describePattern(pattern);
  if (events.length === 0) {
    return { kind: 'fail', code: 'EVENT_MISSING', expected, actual: 'no event reports this process', evidence: [] };
  }
  const stray = events.some((event) => !hasFields(event, pattern.always));
  if (!stray && events.some((event) => pattern.anyOf.some((fields) => hasFields(event, fields))))
    return { kind: 'pass' };
  const wrong = nearest(events, pattern);
  const evidence = [...wrong.map(describeWrong), ...moreThan(1, events)];
  return { kind: 'fail', code: 'EVENT_WRONG', expected, actual: wrong.map(describeFound).join(', '), evidence };
}

/** An attempt that no rule matches has no event. */
export function judgeSilence({ events }: ObservedAttempt, reader: EventReader): CheckOutcome {
  const [first] = events;
  if (first === undefined) return { kind: 'pass' };
  const actual = `reported as ${reader.describe(first)}`;
  return { kind: 'fail', code: 'EVENT_WRONG', expected: 'no event', actual, evidence: shownEventLines(events) };
}

/** A field of an event that is another than it must be. */
interface WrongField {
  readonly field: string;
  readonly expected: string | number;
  readonly found: unknown;
}

/** What is wrong with the event that comes nearest. */
function nearest(events: readonly RawEvent[], { always, anyOf }: EventPattern): readonly WrongField[] {
  const stray = events.find((event) => !hasFields(event, always));
  const wrongs = (stray === undefined ? events : [stray]).flatMap((event) =>
    anyOf.map((fields) =>
      Object.entries({ ...always, ...fields })
        .filter(([field, value]) => event[field] !== value)
        .map(([field, expected]) => ({ field, expected, found: event[field] })),
    ),
  );
  return wrongs.reduce((best, one) => (one.length < best.length ? one : best));
}

/** What is wrong with the event that comes nearest: `port is 20480`. */
export function describeDifference(events: readonly RawEvent[], pattern: EventPattern): string {
  return nearest(events, pattern).map(describeFound).join(', ');
}

function describeFound({ field, found }: WrongField): string {
  return `${field} is ${describeJsonValue(found)}`;
}

function describeWrong({ field, expected, found }: WrongField): string {
  return `${field}: expected ${describeJsonValue(expected)}, the event has ${describeJsonValue(found)}`;
}

/** For a person: what comes first of an event, then fields with their values. */
export function describePattern({ always, anyOf }: EventPattern): string {
  // Of a path and an inode number a person wants to read the path.
  const named = anyOf.filter((fields) => 'path' in fields);
  const alternatives = (named.length > 0 ? named : anyOf).map((fields) =>
    Object.entries(fields)
      .map(([field, value]) => ` ${field}=${value}`)
      .join(''),
  );
  return `${Object.values(always).join(' ')}${alternatives.join(' or')}`;
}

/** The first events, a line each. */
export function shownEventLines(events: readonly RawEvent[]): readonly string[] {
  return [
    ...events.slice(0, shownEvents).map((event) => `the event: ${describeFields(event)}`),
    ...moreThan(shownEvents, events),
  ];
}

function moreThan(count: number, events: readonly RawEvent[]): readonly string[] {
  return events.length > count ? [`and ${events.length - count} more events`] : [];
}
