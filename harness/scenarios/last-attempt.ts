// SPDX-License-Identifier: Apache-2.0
import type { EventReader } from '../contracts/contract.js';
import type { AttemptName, LastReported, RawEvent } from '../model/scenario-evidence.js';
import type { ScenarioAttempt } from './phases.js';

/**
 * Where an agent stood when it ended, by its own events: the last attempt they speak of, and the first after it of which
 * they should. The moment of its end is no measure: a process that crashes is there until its links are detached, which
 * takes seconds.
 */
export function lastReported(
  attempts: readonly ScenarioAttempt[],
  events: readonly RawEvent[],
  reader: EventReader,
): LastReported {
  const reported = new Set(events.filter((event) => reader.isAboutAttempt(event)).map((event) => event['pid']));
  const last = attempts.findLastIndex(({ attempt }) => reported.has(attempt.pid));
  const next = attempts.slice(last + 1).find(({ patterns }) => patterns.length > 0);
  return { reported: nameOf(attempts[last]), next: nameOf(next) };
}

function nameOf(one: ScenarioAttempt | undefined): AttemptName | null {
  if (one === undefined) return null;
  return { class: one.class, scenario: one.scenario.name, operation: one.attempt.operation };
}
