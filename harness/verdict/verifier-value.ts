// SPDX-License-Identifier: Apache-2.0
import { frameStepsBack, type Step } from './verifier-frame.js';
import { type Mark, trailStateOf } from './verifier-trail.js';

/**
 * Where the value of a register comes from, read backwards along the way that a verifier log shows: through copies,
 * extensions and spills, out of the functions that were called, up to the instruction that made it.
 */

/** What made a value. */
export type Maker =
  | { readonly kind: 'constant'; readonly value: number }
  /** `state` is what the verifier knew of the number before: `R6_w=scalar(...)`. */
  | { readonly kind: 'negation'; readonly state: string | null }
  /** A helper or a kfunc; `#0` is a kfunc that libbpf left unresolved. */
  | { readonly kind: 'call'; readonly name: string }
  /** A function of the program's own that is verified by itself. */
  | { readonly kind: 'function' }
  /** Memory; `state` is what the verifier knew of the pointer. */
  | { readonly kind: 'memory'; readonly state: string | null }
  /** Arithmetic. */
  | { readonly kind: 'computed'; readonly text: string };

export interface Origin {
  readonly made: Maker;
  /** Index of the maker in the trail, and its instruction. */
  readonly at: number;
  readonly insn: number;
  /** Instructions that the value went through, the latest first, the maker last. */
  readonly through: readonly number[];
  /** Conditional jumps on the way that looked at it, the latest first. */
  readonly tests: readonly number[];
}

/** A register as it was before `from`, an index of the trail: the later part of the way does not count. */
export interface Place {
  readonly register: number;
  readonly from: number;
}

const copy = /^[rw](\d+) = (?:\(s\d+\))?[rw](\d+)$/;
const negation = /^[rw](\d+) = -[rw](\d+)$/;
const constant = /^[rw](\d+) = (-?(?:0x[0-9a-f]+|\d+))(?: ll)?$/;
const load = /^[rw](\d+) = \*\(\w+ \*\)\(r(\d+) ?([+-]\d+)\)$/;
const store = /^\*\(u\d+ \*\)\(r10 ([+-]\d+)\) = (?:[rw](\d+)|-?\d+)$/;
/** What may write to the stack by another name: a function that was given a pointer, a store through a copy of r10. */
const mayOverwrite = /^(?:call |\*\(u\d+ \*\)\(r(?!10 ))/;
const extension = /^[rw](\d+) (?:<<|s?>>)= 32$/;
const assignment = /^[rw](\d+) (?:\S+)?= /;
const framePointer = 10;

/** Null where the log does not reach back to what made it. */
export function valueOriginOf(marks: readonly Mark[], { register, from }: Place): Origin | null {
  const through: number[] = [];
  const tests: number[] = [];
  let place: Place = { register, from };
  // Each turn goes back by one instruction at least.
  for (;;) {
    const step = writeOf(marks, place, tests);
    if (step === null) return null;
    through.push(step.insn);
    const before = copiedFrom(marks, step, place.register);
    if (before === null) return { made: makerOf(marks, step), at: step.at, insn: step.insn, through, tests };
    place = before;
  }
}

/** The instruction that wrote a register last; the jumps after it that looked at the register go to `tests`. */
function writeOf(marks: readonly Mark[], { register, from }: Place, tests: number[]): Step | null {
  const named = new RegExp(`^if .*\\b[rw]${register}\\b`);
  for (const step of frameStepsBack(marks, from, register)) {
    if (named.test(step.text)) tests.push(step.insn);
    if (writes(step.text, register)) return step;
  }
  return null;
}

function writes(text: string, register: number): boolean {
  if (text.startsWith('call ')) return register <= 5;
  return Number(assignment.exec(text)?.[1] ?? -1) === register;
}

/** The register that an instruction copied, extended or filled; null for one that makes a value. */
function copiedFrom(marks: readonly Mark[], { at, text }: Step, register: number): Place | null {
  const copied = copy.exec(text);
  if (copied?.[2] !== undefined) return { register: Number(copied[2]), from: at + 1 };
  if (extension.test(text)) return { register, from: at + 1 };
  const filled = load.exec(text);
  return filled?.[2] === String(framePointer) ? spillOf(marks, at, filled[3] ?? '', register) : null;
}

/**
 * The register that was spilled into a slot of the stack: where nothing could have written there since, or where the
 * verifier still knows the same of the value.
 */
function spillOf(marks: readonly Mark[], at: number, offset: string, register: number): Place | null {
  let isCertain = true;
  for (const step of frameStepsBack(marks, at + 1, framePointer)) {
    if (mayOverwrite.test(step.text)) isCertain = false;
    const stored = store.exec(step.text);
    if (stored?.[1] !== offset) continue;
    if (stored[2] === undefined) return null;
    const spilled = Number(stored[2]);
    const then = trailStateOf(marks.slice(step.at), spilled);
    const now = trailStateOf(marks.slice(at, at + 1), register);
    return isCertain || isSame(then, now) ? { register: spilled, from: step.at + 1 } : null;
  }
  return null;
}

/** Apart from how the verifier counts values, and from `P`, that it has to be exact about one. */
function isSame(then: string | null, now: string | null): boolean {
  const value = (state: string): string => state.slice(state.indexOf('=') + 1).replace(/^P|\bid=\d+,?/g, '');
  return then !== null && now !== null && value(then) === value(now);
}

function makerOf(marks: readonly Mark[], { at, text }: Step): Maker {
  // The line itself has the register after it.
  const known = (register: string | undefined): string | null => trailStateOf(marks.slice(at + 1), Number(register));
  const negated = negation.exec(text);
  if (negated !== null) return { kind: 'negation', state: known(negated[2]) };
  const number = constant.exec(text)?.[2];
  if (number !== undefined) return { kind: 'constant', value: Number(number) };
  const loaded = load.exec(text);
  if (loaded !== null) {
    return { kind: 'memory', state: loaded[2] === String(framePointer) ? 'R10=fp' : known(loaded[2]) };
  }
  const called = /^call (.+)$/.exec(text)?.[1];
  if (called === undefined) return { kind: 'computed', text };
  return called.startsWith('pc') ? { kind: 'function' } : { kind: 'call', name: called.replace(/(?<=\w)#-?\d+$/, '') };
}
