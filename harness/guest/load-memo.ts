// SPDX-License-Identifier: Apache-2.0
import type { AttachOutcome, ProgramEvidence } from '../model/evidence.js';

/** What one kernel said about a program: it loads, and what became of attaching it. */
export interface KnownProgram {
  readonly evidence: ProgramEvidence;
  readonly attach: AttachOutcome;
}

/** Keys that a request carries; 64 bytes each. */
const limit = 2000;

/**
 * What one kernel has said about the programs of an object, by what its verifier gets to see of them
 * (bpf/guest/load_key.h). A program with a known key need not be loaded again: the verdict would be the same. Only what
 * loads is remembered; a rejection is reported with the source as it is now.
 */
export class LoadMemo {
  readonly #known = new Map<string, KnownProgram>();
  #recalled = 0;

  /** The keys that are known, those used last at the end. */
  get keys(): readonly string[] {
    return [...this.#known.keys()];
  }

  /** How many answers were given from memory. */
  get recalled(): number {
    return this.#recalled;
  }

  recall(key: string): KnownProgram | null {
    const known = this.#known.get(key);
    if (known === undefined) return null;
    this.#recalled += 1;
    this.learn(key, known);
    return known;
  }

  learn(key: string, known: KnownProgram): void {
    this.#known.delete(key);
    this.#known.set(key, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > limit && oldest !== undefined) this.#known.delete(oldest);
  }
}
