// SPDX-License-Identifier: Apache-2.0
import type { Mark } from './verifier-trail.js';

/** An instruction on the way. */
export interface Step {
  /** Index in the trail. */
  readonly at: number;
  readonly insn: number;
  readonly text: string;
}

/**
 * The instructions that a register had its value from, going back from index `from` of the trail. Functions that were
 * called and have returned are passed over, their calls are not; what a function returned is the R0 of its end, and its
 * arguments are those of its caller.
 */
export function* frameStepsBack(marks: readonly Mark[], from: number, register: number): Generator<Step> {
  let deep = 0;
  for (const [offset, mark] of marks.slice(from).entries()) {
    const { insn, text } = mark;
    if (insn === null) continue;
    if (text === 'exit' && register !== 0) deep++;
    if (isEntry(mark)) {
      if (deep > 0) deep--;
      else if (register < 1 || register > 5) return;
      else continue;
    }
    if (deep === 0 && text !== 'exit') yield { at: from + offset, insn, text };
  }
}

/** A call that the way goes into: of a function of the program, or of a helper that calls one back. */
function isEntry({ insn, text, next }: Mark): boolean {
  return text.startsWith('call ') && next !== null && next !== (insn ?? 0) + 1;
}
