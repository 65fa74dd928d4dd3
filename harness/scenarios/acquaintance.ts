// SPDX-License-Identifier: Apache-2.0
import type { RuleKind } from '../model/agent.js';

/** What a session knows of the agent: the first one of an environment finds it out, the others begin with it. */
export class Acquaintance {
  /** Kinds of rule over which the agent has given up, with the phase that says so. */
  readonly refused: Map<RuleKind, string>;
  /** Has any start come up, or announced a state. */
  hasComeUp: boolean;
  /** Nothing else can be looked at in this environment. */
  isOver = false;
  /** All is known that the others have to know. */
  readonly made: () => void;

  /** `made` is called once, or more often, or never. */
  constructor(made: () => void = () => undefined, { refused, hasComeUp }: Partial<Acquaintance> = {}) {
    this.made = made;
    this.refused = new Map(refused);
    this.hasComeUp = hasComeUp ?? false;
  }

  /** Nothing else can be looked at. It counts once this session has ended, and only if it is not void. */
  ends(): void {
    this.isOver = true;
  }
}

/**
 * The acquaintance that the first machine of an environment makes. Its session may turn out to be void (`run/unpaused.ts`):
 * then so is what it knew, and whatever others have answered that began with that.
 */
export class FirstAcquaintance {
  #current = new Acquaintance();
  #markMade: () => void = () => undefined;
  readonly #made = new Promise<void>((resolve) => {
    this.#markMade = resolve;
  });
  /** The first machine's last session has ended. */
  end: () => void = () => undefined;
  readonly #ended = new Promise<void>((resolve) => {
    this.end = resolve;
  });

  /** The first machine begins, or begins anew. */
  begin(): Acquaintance {
    this.#current = new Acquaintance(this.#markMade);
    return this.#current;
  }

  /** What the others begin with, once enough is known; null where nothing else can be looked at. */
  async wait(): Promise<Acquaintance | null> {
    await Promise.race([this.#made, this.#ended]);
    // By a session that may be void.
    if (this.#current.isOver) await this.#ended;
    return this.#current.isOver ? null : this.#current;
  }

  /** Is that still what the first machine's session knows? */
  holds(known: Acquaintance): boolean {
    return known === this.#current;
  }
}
