// SPDX-License-Identifier: Apache-2.0
import { sumOf } from '../model/sum.js';
import { type ProcessTimes, processTimes } from '../proc/starved.js';

/** Milliseconds of one character of the drawing. */
const drawnMs = 1000;

/** Requests that are answered sooner are one with the next: looking at a process costs more than they do. */
const shortestMs = 50;

/** How many of the things that were waited for are named. */
const named = 3;

/** A part of a session, in milliseconds. */
interface Span {
  /** Since this program was started. */
  readonly from: number;
  readonly ms: number;
  /** Of QEMU; what is left is the time in which it had nothing to do. */
  readonly running: number;
  readonly starved: number;
  /** The request that ended it. */
  readonly what: string;
}

/** All that is looked at, in milliseconds since this program was started. */
interface Look extends ProcessTimes {
  readonly now: number;
}

/**
 * What one session waits for: a processor has worked for it, others had the processor, or nobody had anything to do, as while
 * the guest's kernel waits for a grace period.
 */
export class SessionWaits {
  readonly #label: string;
  readonly #look: () => Look;
  readonly #spans: Span[] = [];
  #last: Look | undefined;

  /** `label`: of the session; `look` is for tests. */
  constructor(label: string, pid: number | undefined, look = (): Look => lookAt(pid)) {
    this.#label = label;
    this.#look = look;
    this.#last = { ...look(), running: 0, starved: 0 };
  }

  /** A request was answered, or given up, after so many milliseconds. */
  onRequest(what: string, ms: number): void {
    if (ms >= shortestMs) this.#until(what);
  }

  /** In words, and drawn: two lines. To be asked before QEMU has ended. */
  end(): readonly [string, string] {
    this.#until('the end');
    const idle = this.#spans.map((span) => ({ ...span, idle: Math.max(0, span.ms - span.running - span.starved) }));
    const whole = `${seconds(sumOf(idle.map(({ ms }) => ms)))}, ${seconds(sumOf(idle.map(({ running }) => running)))} on a processor`;
    const waited = `${seconds(sumOf(idle.map(({ starved }) => starved)))} waiting for one`;
    const nothing = `${seconds(sumOf(idle.map((one) => one.idle)))} with nothing to do (${mostOf(idle)})`;
    return [`${this.#label}: ${whole}, ${waited}, ${nothing}`, `${this.#label.padEnd(20)}|${this.#drawn()}|`];
  }

  #until(what: string): void {
    const last = this.#last;
    const look = this.#look();
    // A process that has ended says nothing any more.
    const ended = last !== undefined && look.running < last.running;
    if (last !== undefined) {
      this.#spans.push({
        from: last.now,
        ms: look.now - last.now,
        running: ended ? 0 : look.running - last.running,
        starved: ended ? 0 : look.starved - last.starved,
        what,
      });
    }
    this.#last = ended ? { ...last, now: look.now } : look;
  }

  /** A character for each second since this program was started: `#` worked for, `~` without a processor, `.` nothing to do. */
  #drawn(): string {
    const end = this.#spans.at(-1);
    const length = end === undefined ? 0 : Math.ceil((end.from + end.ms) / drawnMs);
    return Array.from({ length }, (_, index) => this.#characterOf(index * drawnMs)).join('');
  }

  #characterOf(from: number): string {
    const shares = this.#spans.map((span) => {
      const shared = Math.min(from + drawnMs, span.from + span.ms) - Math.max(from, span.from);
      const share = span.ms > 0 ? Math.max(0, shared) / span.ms : 0;
      return { running: span.running * share, starved: span.starved * share, ms: span.ms * share };
    });
    const ms = sumOf(shares.map((one) => one.ms));
    const running = sumOf(shares.map((one) => one.running));
    const starved = sumOf(shares.map((one) => one.starved));
    if (ms < drawnMs / 2) return ' ';
    if (ms - running - starved > Math.max(running, starved)) return '.';
    return running >= starved ? '#' : '~';
  }
}

/** `wait 5.1 s, run 0.2 s`: in which QEMU had nothing to do. */
function mostOf(idle: readonly (Pick<Span, 'what'> & { readonly idle: number })[]): string {
  const sums = new Map<string, number>();
  for (const { what, idle: ms } of idle) sums.set(what, (sums.get(what) ?? 0) + ms);
  const most = [...sums].sort(([, a], [, b]) => b - a).slice(0, named);
  return most.map(([what, ms]) => `${what} ${seconds(ms)}`).join(', ');
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

function lookAt(pid: number | undefined): Look {
  return { ...processTimes(pid), now: performance.now() };
}
