// SPDX-License-Identifier: Apache-2.0
import { isRefused } from '../model/describe-outcome.js';
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

const gone = (path: string): Trace => ({ kind: 'gone', path });
const emptied = (path: string): Trace => ({ kind: 'emptied', path });
const datagram = (ip: string, port: string): Trace => ({ kind: 'received', at: place('udp', ip, port) });

/** By the first word of an operation, what its arguments say of its trace; an operation that is not here leaves none that lasts. */
const traces: Readonly<Record<string, (first: string, second: string, third: string) => Trace | null>> = {
  unlink: gone,
  rename: gone,
  link: (_, made) => ({ kind: 'made', path: made }),
  truncate: emptied,
  creat: emptied,
  open: (path, mode) => (mode.includes('t') ? emptied(path) : null),
  // What a datagram socket is connected to hears nothing of it.
  connect: (ip, port, protocol) => (protocol === 'tcp' ? { kind: 'received', at: place('tcp', ip, port) } : null),
  'connect-length': (ip, port) => ({ kind: 'received', at: place('tcp', ip, port) }),
  'uring-connect': (ip, port) => ({ kind: 'received', at: place('tcp', ip, port) }),
  sendto: datagram,
  'sendto-unspec': datagram,
  sendmsg: datagram,
  sendmmsg: datagram,
};

/** The trace of an operation of the probe; null where it leaves none that lasts. */
export function traceOf([word, first = '', second = '', third = '']: ProbeOperation): Trace | null {
  return Object.hasOwn(traces, word) ? (traces[word]?.(first, second, third) ?? null) : null;
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
  const { shown, holds } = changes[kind];
  return holds(before, after) ? `${path} is ${shown}` : null;
}

/** Of the bytes of a file, null where there is none. */
type Change = (before: number | null, after: number | null) => boolean;

const changes: Readonly<Record<'gone' | 'made' | 'emptied', { readonly shown: string; readonly holds: Change }>> = {
  gone: { shown: 'gone', holds: (before, after) => before !== null && after === null },
  made: { shown: 'there', holds: (before, after) => before === null && after !== null },
  emptied: { shown: 'empty', holds: (before, after) => (before ?? 0) > 0 && after === 0 },
};

function succeeded(outcome: AttemptOutcome): boolean {
  return outcome.kind === 'returned' && outcome.errno === 0;
}

function isSame(one: Trace | null, other: Trace): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function count({ received }: Surroundings, at: string): number {
  return received.get(at) ?? 0;
}
