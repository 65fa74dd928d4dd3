// SPDX-License-Identifier: Apache-2.0
import type { RunEvent } from '../model/events.js';
import type { SessionAnswer, SessionTimes } from '../model/session-answer.js';

/** Collects what the sessions of a run come to. */
export class SessionAnswers {
  readonly #all = new Map<string, readonly SessionAnswer[]>();

  onEvent(event: RunEvent): void {
    if (event.type !== 'session-ended') return;
    this.#all.set(event.kernel, [...(this.#all.get(event.kernel) ?? []), event.answer]);
  }

  /** By kernel, in the order in which they ended. */
  get all(): ReadonlyMap<string, readonly SessionAnswer[]> {
    return this.#all;
  }

  /** What sessions took, as far as a machine was asked and did not break; with --repeat that of the last. */
  get times(): SessionTimes {
    const measured = [...this.#all].map(([kernel, answers]) => {
      const own = answers.filter(({ since, outcome }) => since === null && outcome !== 'infra');
      return [kernel, new Map(own.map(({ session, ms }) => [session, ms]))] as const;
    });
    return new Map(measured.filter(([, sessions]) => sessions.size > 0));
  }
}
