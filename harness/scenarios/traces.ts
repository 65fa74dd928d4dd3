// SPDX-License-Identifier: Apache-2.0
import type { AttemptOutcome } from '../model/scenario-evidence.js';
import type { ProbeOperation } from './scenario.js';

/*
 * The second side of an attempt: what an operation leaves behind when it happens. PID 1 looks at files, the server counts
 * what it is sent. An attempt that says that it was denied, and has left its trace, was not.
 */

export type Trace =
  | { readonly kind: 'gone' | 'made' | 'emptied'; readonly path: string }
  /** At the server of the neighbours: `tcp 127.0.0.2 80`. */
  | { readonly kind: 'received'; readonly at: string };

/** The trace of an operation of the probe; null where it leaves none that lasts. */
export function traceOf([word, first = '', second = '', third = '']: ProbeOperation): Trace | null {
  switch (word) {
    case 'unlink':
    case 'rename':
      return { kind: 'gone', path: first };
    case 'link':
      return { kind: 'made', path: second };
    case 'truncate':
    case 'creat':
      return { kind: 'emptied', path: first };
    case 'open':
      return second.includes('t') ? { kind: 'emptied', path: first } : null;
    case 'connect':
      // What a datagram socket is connected to hears nothing of it.
      return third === 'tcp' ? { kind: 'received', at: place('tcp', first, second) } : null;
    case 'sendto':
    case 'sendmsg':
    case 'sendmmsg':
      return { kind: 'received', at: place('udp', first, second) };
    default:
      return null;
  }
}

function place(protocol: 'tcp' | 'udp', ip: string, port: string): string {
  return `${protocol} ${ip.replace(/^::ffff:/, '')} ${port}`;
}

/** Bytes of each file that was looked at; null for one that is not there. */
export type FileSizes = ReadonlyMap<string, number | null>;

/** What there is to be seen at one moment. */
export interface Surroundings {
  readonly files: FileSizes;
  /** How often something has come, by its place. */
  readonly received: ReadonlyMap<string, number>;
}

export interface TracedAttempt {
  readonly trace: Trace | null;
  readonly outcome: AttemptOutcome;
}

/**
 * What contradicts each of these attempts, null mostly: it was denied, its trace is there and was not before, and none
 * that succeeded has left it.
 */
export function contradictionsOf(
  attempts: readonly TracedAttempt[],
  before: Surroundings,
  after: Surroundings,
): readonly (string | null)[] {
  return attempts.map(({ trace, outcome }) => {
    if (trace === null || !isRefused(outcome)) return null;
    const explained = attempts.filter((one) => isSame(one.trace, trace) && succeeded(one.outcome)).length;
    return trace.kind === 'received'
      ? describeReceived(trace.at, count(after, trace.at) - count(before, trace.at), explained)
      : explained > 0
        ? null
        : describeFile(trace, before.files.get(trace.path), after.files.get(trace.path));
  });
}

function describeReceived(at: string, came: number, explained: number): string | null {
  if (came <= explained) return null;
  return `the server got ${came} of ${at}, and ${explained} say that they got through`;
}

function describeFile(
  { kind, path }: Exclude<Trace, { kind: 'received' }>,
  before: number | null | undefined,
  after: number | null | undefined,
): string | null {
  if (before === undefined || after === undefined) return null;
  switch (kind) {
    case 'gone':
      return before !== null && after === null ? `${path} is gone` : null;
    case 'made':
      return before === null && after !== null ? `${path} is there` : null;
    case 'emptied':
      return before !== null && before > 0 && after === 0 ? `${path} is empty` : null;
  }
}

const refusals: ReadonlySet<number> = new Set([1, 13]);

function isRefused(outcome: AttemptOutcome): boolean {
  return outcome.kind === 'returned' && refusals.has(outcome.errno);
}

function succeeded(outcome: AttemptOutcome): boolean {
  return outcome.kind === 'returned' && outcome.errno === 0;
}

function isSame(one: Trace | null, other: Trace): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function count({ received }: Surroundings, at: string): number {
  return received.get(at) ?? 0;
}
