// SPDX-License-Identifier: Apache-2.0
import type { RuleKind } from '../model/agent.js';

/**
 * What the first machine of an environment finds out about the agent, and the others begin with: they wait for it.
 */
export class Acquaintance {
  /** Kinds of rule over which the agent has given up, with the phase that says so. */
  readonly refused = new Map<RuleKind, string>();
  /** Has any start come up, or announced a state. */
  hasComeUp = false;
  #ends = false;
  /** All is known that the others have to know. */
  made: () => void = () => undefined;
  readonly #made = new Promise<void>((resolve) => {
    this.made = resolve;
  });

  /** The first machine begins anew. */
  forget(): void {
    this.refused.clear();
    this.hasComeUp = false;
  }

  /** Nothing else can be looked at in this environment. */
  ends(): void {
    this.#ends = true;
    this.made();
  }

  /** Can anything else be looked at? */
  async goesOn(): Promise<boolean> {
    await this.#made;
    return !this.#ends;
  }
}
