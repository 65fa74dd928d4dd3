// SPDX-License-Identifier: Apache-2.0
/**
 * The way that led to a rejection, read backwards from the end of a verifier log. At the log level in use a kernel takes
 * back what it wrote about branches that were fine, so that the log is this way and no other, and a branch taken up late
 * stands on the line of its jump: `14: (55) if r7 != 0x10 goto pc+3 18: R0=...`. With more words, a line `from A to B:`
 * takes up a branch that was left aside at the jump A, and what led to B is what led to A.
 */

/** Lines looked at: the log of a program that is too large has a million. */
const linesMax = 5_000;

/** A line on the way. */
export interface Mark {
  /** Null for a line that has nothing but registers. */
  readonly insn: number | null;
  /** The instruction as the kernel prints it. */
  readonly text: string;
  /** Registers as the verifier knew them after it. */
  readonly registers: readonly string[];
  /** The instruction that came after it on this way. */
  readonly next: number | null;
}

const instruction = /^(\d+): (?:\([0-9a-f]{2}\) |(?=<invalid ))([^;]*?)\s*(?:; (.*)| \d+: (R\d.*))?$/;
const branch = /^from (\d+) to (\d+)[^:]*:(.*)$/;
const state = /^(?:\d+:)? (R\d.*)$/;

/** The way of a log, latest line first, as far back as it is read. */
export function verifierTrailOf(log: string): readonly Mark[] {
  const lines = log.split('\n').slice(-linesMax);
  const marks: Mark[] = [];
  let next: number | null = null;
  for (let at = lines.length - 1; at >= 0; at--) {
    const line = lines[at] ?? '';
    const from = branch.exec(line);
    if (from !== null) {
      const [insn, target] = [Number(from[1]), Number(from[2])];
      const origin = whereLeft(lines, at, insn);
      if (origin === null) break;
      marks.push({ insn, text: textOf(lines[origin] ?? ''), registers: registersOf(from[3] ?? ''), next: target });
      [next, at] = [insn, origin];
      continue;
    }
    const mark = markOf(line, next);
    if (mark === null) continue;
    marks.push(mark);
    next = mark.insn ?? next;
  }
  return marks;
}

function markOf(line: string, next: number | null): Mark | null {
  const match = instruction.exec(line);
  if (match !== null) {
    return { insn: Number(match[1]), text: match[2] ?? '', registers: registersOf(match[3] ?? match[4] ?? ''), next };
  }
  const registers = registersOf(state.exec(line)?.[1] ?? '');
  return registers.length === 0 ? null : { insn: null, text: '', registers, next };
}

/** The visit of `insn` at which the branch taken up at line `before` was left aside: each visit leaves one. */
function whereLeft(lines: readonly string[], before: number, insn: number): number | null {
  let taken = 0;
  for (let at = before - 1; at >= 0; at--) {
    const line = lines[at] ?? '';
    if (line.startsWith(`from ${insn} to `)) taken++;
    else if (line.startsWith(`${insn}: (`) && taken-- === 0) return at;
  }
  return null;
}

function textOf(line: string): string {
  return instruction.exec(line)?.[2] ?? '';
}

function registersOf(text: string): readonly string[] {
  return text
    .trim()
    .split(/ (?=R\d+|fp-?\d+|refs=)/)
    .filter((word) => /^R\d+\w*=/.test(word));
}

/** What was last known of a register, `R0_w=scalar()`: the first of the marks that has it. */
export function trailStateOf(marks: readonly Mark[], register: number): string | null {
  const own = new RegExp(`^R${register}(?:_\\w+)?=`);
  for (const { registers } of marks) {
    const known = registers.find((word) => own.test(word));
    if (known !== undefined) return known;
  }
  return null;
}
