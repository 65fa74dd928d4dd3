// SPDX-License-Identifier: Apache-2.0
import type { Contract } from '../contracts/contract.js';
import type { Agent } from '../model/agent.js';

type Stream = 'stdout' | 'stderr';

/** A text in an agent's output from which on nothing denied may get through. */
export interface StreamPromise {
  /** `announcement`: it is ready; `announced state`: it says which state it is in, perhaps sooner. */
  readonly check: 'announcement' | 'announced state';
  readonly stream: Stream;
  /** Any of these. */
  readonly needles: readonly string[];
}

/** The same with the file in the guest where it will stand. */
export interface AgentPromise extends Omit<StreamPromise, 'stream'> {
  readonly file: string;
}

/**
 * What an agent promises when it comes up in a state. The state counts from where it is announced, whatever line makes it
 * ready: one that says ENFORCE before it has loaded anything is not excused by a later line.
 */
export function promisesOf(
  { agent, contract }: { readonly agent: Agent; readonly contract: Contract },
  state: string,
): readonly StreamPromise[] {
  const { ready, dialect } = agent;
  const readyLine = plainText(ready.pattern);
  const said = dialect?.announcements?.lines[state];
  const announced: readonly Omit<StreamPromise, 'check'>[] = [
    { stream: dialect?.events.stream ?? 'stdout', needles: contract.events.announcements(state) },
    ...(dialect?.announcements && said !== undefined
      ? [{ stream: dialect.announcements.stream, needles: [said] }]
      : []),
  ].filter(({ needles }) => needles.length > 0);
  const isStateItself = ready.pattern.source === contract.conventions.ready.pattern;
  const [first, ...others] = announced;
  if (first === undefined || (readyLine !== null && !isStateItself)) {
    const line =
      readyLine === null ? [] : [{ check: 'announcement', stream: ready.stream, needles: [readyLine] } as const];
    return [...line, ...announced.map((one) => ({ check: 'announced state', ...one }) as const)];
  }
  return [{ check: 'announcement', ...first }, ...others.map((one) => ({ check: 'announced state', ...one }) as const)];
}

/** The text that a regular expression stands for, where it stands for one alone. */
function plainText({ source }: RegExp): string | null {
  return /^[\w :,"-]+$/.test(source) ? source : null;
}
