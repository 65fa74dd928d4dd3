// SPDX-License-Identifier: Apache-2.0
import type { RunEvent } from '../model/events.js';
import type { SessionTimes } from '../model/session-answer.js';

/** Collects what the sessions of a run take, as far as a machine was asked and did not break. */
export class MeasuredTimes {
  readonly #ms = new Map<string, Map<string, number>>();

  onEvent(event: RunEvent): void {
    if (event.type !== 'session-ended') return;
    const { session, since, outcome, ms } = event.answer;
    if (since !== null || outcome === 'infra') return;
    const own = this.#ms.get(event.kernel) ?? new Map<string, number>();
    this.#ms.set(event.kernel, own.set(session, ms));
  }

  get all(): SessionTimes {
    return this.#ms;
  }
}
