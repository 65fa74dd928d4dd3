import type { CheckOutcome } from '../model/check.js';
import type { EventPattern, ObservedAttempt, RawEvent } from '../model/scenario-evidence.js';

const shownEvents = 3;

/** An attempt that a rule matched is told once it has happened, as what it was and with what was done about it. */
export function judgeEvent({ events, pattern }: ObservedAttempt, action: string): CheckOutcome {
  if (pattern === null) return { kind: 'unproved', detail: 'no event is expected of it' };
  const expected = patternWords(pattern, action);
  if (events.length === 0) {
    return { kind: 'fail', code: 'EVENT_MISSING', expected, actual: 'nothing was told of this process', evidence: [] };
  }
  const stray = events.find((event) => event['type'] !== pattern.type || event['action'] !== action);
  if (stray === undefined && events.some((event) => matches(event, pattern, action))) return { kind: 'pass' };
  return {
    kind: 'fail',
    code: 'EVENT_WRONG',
    expected,
    actual: difference(events, pattern, action),
    evidence: shown(events),
  };
}

/** Nothing is told of an attempt that no rule matches. */
export function judgeSilence({ events }: ObservedAttempt): CheckOutcome {
  if (events.length === 0) return { kind: 'pass' };
  const actual = `told as ${String(events[0]?.['type'])} ${String(events[0]?.['action'])}`;
  return { kind: 'fail', code: 'EVENT_WRONG', expected: 'no event', actual, evidence: shown(events) };
}

function matches(event: RawEvent, { type, anyOf }: EventPattern, action: string): boolean {
  if (event['type'] !== type || event['action'] !== action) return false;
  return anyOf.some((fields) => Object.entries(fields).every(([field, value]) => event[field] === value));
}

/** What is wrong with the event that comes nearest. */
function difference(events: readonly RawEvent[], { type, anyOf }: EventPattern, action: string): string {
  const stray = events.find((event) => event['type'] !== type || event['action'] !== action);
  const wrongs = (stray === undefined ? events : [stray]).flatMap((event) =>
    anyOf.map((fields) =>
      Object.entries({ type, action, ...fields })
        .filter(([field, value]) => event[field] !== value)
        .map(([field]) => `${field} is ${JSON.stringify(event[field])}`),
    ),
  );
  const nearest = wrongs.reduce((best, one) => (one.length < best.length ? one : best));
  return nearest.join(', ');
}

function patternWords({ type, anyOf }: EventPattern, action: string): string {
  // Of a path and an inode number a person wants to read the path.
  const named = anyOf.filter((fields) => 'path' in fields);
  const alternatives = (named.length > 0 ? named : anyOf).map((fields) =>
    Object.entries(fields)
      .map(([field, value]) => ` ${field}=${value}`)
      .join(''),
  );
  return `${type} ${action}${alternatives.join(' or')}`;
}

function shown(events: readonly RawEvent[]): readonly string[] {
  const lines = events.slice(0, shownEvents).map((event) => `event: ${JSON.stringify(event)}`);
  return events.length > shownEvents ? [...lines, `and ${events.length - shownEvents} more events`] : lines;
}
