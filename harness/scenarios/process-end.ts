// SPDX-License-Identifier: Apache-2.0
import type { GuestEnd, ProcessEnd } from '../guest/process.js';
import type { ComingUp } from '../model/scenario-evidence.js';
import { shortLine } from '../model/short-line.js';

/* How a process is started, and how its end is described. */

/** @throws Error for nothing to start */
export function argvOf(argv: readonly string[]): [string, ...string[]] {
  const [first, ...rest] = argv;
  if (first === undefined) throw new Error('a command without a program');
  return [first, ...rest];
}

export function describeProcessEnd(end: GuestEnd): string {
  switch (end.kind) {
    case 'exited':
      return `exit ${end.status}`;
    case 'signalled':
      return `killed by signal ${end.signal}`;
    case 'timed-out':
      return 'did not end in time';
    case 'running':
      return 'is running';
  }
}

/** An agent that ended where it should have come up; `output` is the end of what it wrote to stderr. */
export function endedComingUp(end: ProcessEnd, output: readonly string[]): ComingUp {
  return { kind: 'ended', end: describeProcessEnd(end), status: end.kind === 'exited' ? end.status : null, output };
}

/** The last lines of an output; none of an empty one. */
export function lastOutputLines(text: string): readonly string[] {
  const trimmed = text.trimEnd();
  return trimmed === '' ? [] : trimmed.split('\n').slice(-5).map(shortLine);
}

/** `exit 1: no such object`, on one line. */
export function describeEnding({ end, output }: { readonly end: string; readonly output: readonly string[] }): string {
  return output.length === 0 ? `${end}, nothing on stderr` : `${end}: ${output.join(' ')}`;
}

/** The lines that are finished; what is still being written is not looked at. */
export function wholeOutputLines(text: string): readonly string[] {
  return text.split('\n').slice(0, -1);
}
