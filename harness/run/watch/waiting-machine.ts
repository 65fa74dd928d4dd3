// SPDX-License-Identifier: Apache-2.0
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LiveGuest } from '../launch.js';
import { type MachineLife, withMachine, type SessionPlan } from '../machine-session.js';

type Ask = (live: LiveGuest) => Promise<void>;

/** Where a machine that is booted ahead is with its life. */
type State = 'booting' | 'waiting' | 'used' | 'ended';

/**
 * A machine that is booted before there is anything to ask, is asked once, and ends. What it is asked is guarded like
 * any session; its own life may be as long as a person thinks.
 */
export class WaitingMachine {
  readonly #plan: SessionPlan;
  readonly #abort = new AbortController();
  readonly #life: Promise<MachineLife>;
  /** Settles when the machine waits, or will never do so. */
  readonly ready: Promise<void>;
  #state: State = 'booting';
  #ask!: (ask: Ask) => void;

  /** `plan.context.out` is a folder of its own; `plan.context.timeout` is how long it may wait. */
  constructor(plan: SessionPlan) {
    this.#plan = plan;
    const asked = new Promise<Ask>((resolve) => (this.#ask = resolve));
    let announce!: () => void;
    const waits = new Promise<void>((resolve) => (announce = resolve));
    const signal = AbortSignal.any([plan.context.signal, this.#abort.signal]);
    this.#life = withMachine({ ...plan, context: { ...plan.context, signal } }, async (live) => {
      this.#state = 'waiting';
      announce();
      const ask = await live.machine.guard(asked);
      await ask(live);
    }).finally(() => (this.#state = 'ended'));
    this.ready = Promise.race([waits, this.#life.then(noted, noted)]);
  }

  /** It ended without having been asked anything, though it had booted: no answer about an agent is lost with it. */
  get lost(): boolean {
    return this.#state === 'ended';
  }

  /**
   * Hands it over; once. The console log so far goes to the report of `session`, whose signal ends the machine.
   * A machine that never came to wait answers with what kept it from that.
   */
  async use(session: SessionPlan, ask: Ask): Promise<MachineLife> {
    const { signal, out, timeout } = session.context;
    const started = performance.now();
    const onAbort = (): void => {
      this.#abort.abort(signal.reason);
    };
    signal.throwIfAborted();
    signal.addEventListener('abort', onAbort, { once: true });
    if (this.#state === 'waiting') this.#state = 'used';
    this.#ask((live) => ask(bounded(live, timeout)));
    try {
      const life = await this.#life;
      if (life.console !== null) await keep(join(this.#plan.context.out, life.console), join(out, life.console));
      await rm(this.#plan.context.out, { recursive: true, force: true });
      return { ...life, ms: Math.round(performance.now() - started) };
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Ends it, whatever it does, and waits until it is gone. */
  async stop(reason: Error): Promise<void> {
    this.#abort.abort(reason);
    await this.#life.then(noted, noted);
  }
}

/** A load has the time that the session grants, not that of a machine that may wait for a day. */
function bounded(live: LiveGuest, timeout: number): LiveGuest {
  const { deadlines } = live.plan;
  return { ...live, plan: { ...live.plan, deadlines: { ...deadlines, load: Math.min(deadlines.load, timeout) } } };
}

async function keep(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
}

function noted(): void {
  // Whoever uses the machine reports its life.
}
