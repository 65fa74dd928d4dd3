// SPDX-License-Identifier: Apache-2.0
import type { EventReader } from '../contracts/contract.js';
import type { CheckOutcome } from '../model/check.js';
import { describeJsonValue } from '../model/describe-value.js';
import type { EventFields, EventPattern, ObservedAttempt, RawEvent } from '../model/scenario-evidence.js';

const shownEvents = 3;

/** An attempt that a rule matched has an event, as what it was and with what was done about it. */
export function judgeEvent(observed: ObservedAttempt, reader: EventReader): CheckOutcome {
  const { events, pattern } = observed;
  if (pattern === null) return judgeSilence(observed, reader);
  const expected = describePattern(pattern);
  if (events.length === 0) {
    return { kind: 'fail', code: 'EVENT_MISSING', expected, actual: 'no event reports this process', evidence: [] };
  }
  const stray = events.some((event) => !has(event, pattern.always));
  if (!stray && events.some((event) => pattern.anyOf.some((fields) => has(event, fields)))) return { kind: 'pass' };
  return { kind: 'fail', code: 'EVENT_WRONG', expected, actual: difference(events, pattern), evidence: shown(events) };
}

/** An attempt that no rule matches has no event. */
export function judgeSilence({ events }: ObservedAttempt, reader: EventReader): CheckOutcome {
  const [first] = events;
  if (first === undefined) return { kind: 'pass' };
  const actual = `reported as ${reader.describe(first)}`;
  return { kind: 'fail', code: 'EVENT_WRONG', expected: 'no event', actual, evidence: shown(events) };
}

function has(event: RawEvent, fields: EventFields): boolean {
  return Object.entries(fields).every(([field, value]) => event[field] === value);
}

/** Does an event say all that it must. */
export function fitsPattern(event: RawEvent, { always, anyOf }: EventPattern): boolean {
  return has(event, always) && anyOf.some((fields) => has(event, fields));
}

/** What is wrong with the event that comes nearest. */
function difference(events: readonly RawEvent[], { always, anyOf }: EventPattern): string {
  const stray = events.find((event) => !has(event, always));
  const wrongs = (stray === undefined ? events : [stray]).flatMap((event) =>
    anyOf.map((fields) =>
      Object.entries({ ...always, ...fields })
        .filter(([field, value]) => event[field] !== value)
        .map(([field]) => `${field} is ${describeJsonValue(event[field])}`),
    ),
  );
  const nearest = wrongs.reduce((best, one) => (one.length < best.length ? one : best));
  return nearest.join(', ');
}

function describePattern({ always, anyOf }: EventPattern): string {
  // Of a path and an inode number a person wants to read the path.
  const named = anyOf.filter((fields) => 'path' in fields);
  const alternatives = (named.length > 0 ? named : anyOf).map((fields) =>
    Object.entries(fields)
      .map(([field, value]) => ` ${field}=${value}`)
      .join(''),
  );
  return `${Object.values(always).join(' ')}${alternatives.join(' or')}`;
}

function shown(events: readonly RawEvent[]): readonly string[] {
  const lines = events.slice(0, shownEvents).map((event) => `event: ${JSON.stringify(event)}`);
  return events.length > shownEvents ? [...lines, `and ${events.length - shownEvents} more events`] : lines;
}
