import { type Mark, stateOf } from './verifier-trail.js';

/**
 * Where the value of a register comes from, read backwards along the way that a verifier log shows: through copies,
 * extensions and spills, out of the functions that were called, up to the instruction that made it.
 */

/** What made a value. */
export type Maker =
  | { readonly kind: 'constant'; readonly value: number }
  /** `state` is what the verifier knew of the number before: `R6_w=scalar(...)`. */
  | { readonly kind: 'negation'; readonly register: number; readonly state: string | null }
  /** A helper or a kfunc. */
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
interface Place {
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

/** Null where the log does not reach back to what made it. */
export function originOf(marks: readonly Mark[], { register, from }: Place): Origin | null {
  const through: number[] = [];
  const tests: number[] = [];
  let place: Place | null = { register, from };
  // Each turn goes back by one instruction at least.
  while (place !== null) {
    const at = writeOf(marks, place, tests);
    const mark = at === null ? undefined : marks[at];
    if (at === null || mark?.insn == null) return null;
    through.push(mark.insn);
    const before = sourceOfCopy(marks, at, mark, place.register);
    if (before === null) return { made: makerOf(marks, at, mark), at, insn: mark.insn, through, tests };
    place = before;
  }
  return null;
}

/** The register that an instruction copied, extended or filled; null for one that makes a value. */
function sourceOfCopy(marks: readonly Mark[], at: number, { text }: Mark, register: number): Place | null {
  const copied = copy.exec(text);
  if (copied?.[2] !== undefined) return { register: Number(copied[2]), from: at + 1 };
  if (extension.test(text)) return { register, from: at + 1 };
  const filled = load.exec(text);
  return filled?.[2] === '10' ? spillOf(marks, at, filled[3] ?? '', register) : null;
}

/**
 * The register that was spilled into a slot of the stack: where nothing could have written there since, or where the
 * verifier still knows the same of the value.
 */
function spillOf(marks: readonly Mark[], at: number, offset: string, register: number): Place | null {
  let deep = 0;
  let isCertain = true;
  for (let index = at + 1; index < marks.length; index++) {
    const mark = marks[index];
    if (mark?.insn == null) continue;
    if (mark.text === 'exit') deep++;
    if (isEntry(mark) && deep-- === 0) return null;
    if (mayOverwrite.test(mark.text)) isCertain = false;
    const stored = deep === 0 ? store.exec(mark.text) : null;
    if (stored?.[1] !== offset) continue;
    if (stored[2] === undefined) return null;
    const spilled = Number(stored[2]);
    const [then, now] = [stateOf(marks.slice(index), spilled), stateOf(marks.slice(at, at + 1), register)];
    const isSame = then !== null && now !== null && valueIn(then) === valueIn(now);
    return isSame || isCertain ? { register: spilled, from: index + 1 } : null;
  }
  return null;
}

const valueIn = (state: string): string => state.slice(state.indexOf('=') + 1).replace(/^P|\bid=\d+,?/g, '');

/** Index of the instruction that wrote a register last. Functions that were called and have returned are left out. */
function writeOf(marks: readonly Mark[], { register, from }: Place, tests: number[]): number | null {
  let deep = 0;
  for (let index = from; index < marks.length; index++) {
    const mark = marks[index];
    if (mark?.insn == null) continue;
    // What a function returns is the R0 of its end.
    if (mark.text === 'exit' && register !== 0) deep++;
    if (isEntry(mark)) {
      if (deep > 0) deep--;
      else if (register === 0 || register > 5) return null;
      continue;
    }
    if (deep > 0) continue;
    if (isTestOf(mark.text, register)) tests.push(mark.insn);
    if (writes(mark.text, register)) return index;
  }
  return null;
}

/** A call that the way goes into: of a function of the program, or of a helper that calls one back. */
function isEntry({ insn, text, next }: Mark): boolean {
  return text.startsWith('call ') && next !== null && next !== (insn ?? 0) + 1;
}

function isTestOf(text: string, register: number): boolean {
  return text.startsWith('if ') && new RegExp(`\\b[rw]${register}\\b`).test(text);
}

function writes(text: string, register: number): boolean {
  if (text.startsWith('call ')) return register <= 5;
  return Number(assignment.exec(text)?.[1] ?? -1) === register;
}

function makerOf(marks: readonly Mark[], at: number, { text }: Mark): Maker {
  const negated = negation.exec(text);
  if (negated?.[2] !== undefined) {
    const register = Number(negated[2]);
    return { kind: 'negation', register, state: stateOf(marks.slice(at + 1), register) };
  }
  const number = constant.exec(text)?.[2];
  if (number !== undefined) return { kind: 'constant', value: Number(number) };
  const loaded = load.exec(text);
  if (loaded?.[2] !== undefined) return { kind: 'memory', state: pointerAt(marks, at, Number(loaded[2])) };
  const called = /^call (.+)$/.exec(text)?.[1];
  if (called === undefined) return { kind: 'computed', text };
  return called.startsWith('pc') ? { kind: 'function' } : { kind: 'call', name: called.replace(/#-?\d+$/, '') };
}

/** What was known of the pointer before it was read through: the line itself tells of the value where both are one. */
function pointerAt(marks: readonly Mark[], at: number, register: number): string | null {
  return register === 10 ? 'R10=fp' : stateOf(marks.slice(at + 1), register);
}

/** What the state of a number says of its bounds; null for what it leaves out. */
export interface Bounds {
  readonly smin: number | null;
  readonly umax: number | null;
}

/** Reads `R6_w=scalar(smin=0,smax=umax=0xff,...)`, `R6=inv(id=0,umax_value=1,...)` and `R6=7`. */
export function boundsOf(state: string): Bounds {
  const value = state.slice(state.indexOf('=') + 1);
  const single = /^(?:P|inv|invP)?(-?(?:0x[0-9a-f]+|\d+))$/.exec(value)?.[1];
  if (single !== undefined) return { smin: Number(single), umax: Number(single) >= 0 ? Number(single) : null };
  const named = new Map<string, number>();
  for (const part of /\((.*)\)/.exec(value)?.[1]?.split(',') ?? []) {
    const words = part.split('=');
    const number = Number(words.at(-1));
    for (const name of words.slice(0, -1)) named.set(name.replace(/_value$/, ''), number);
  }
  return { smin: named.get('smin') ?? null, umax: named.get('umax') ?? null };
}
