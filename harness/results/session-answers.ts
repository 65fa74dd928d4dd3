// SPDX-License-Identifier: Apache-2.0
import type { RunEvent } from '../model/events.js';
import type { SessionAnswer } from '../model/session-answer.js';

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
}
