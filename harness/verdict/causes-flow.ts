import type { Cause, CauseCase } from './causes-case.js';
import { sourceOf } from './source.js';
import { stateOf } from './verifier-trail.js';
import { boundsOf, type Origin, originOf } from './verifier-value.js';

/** Causes that the verdict alone does not tell: they are in the way that the value of a register took. */

type Rule = (subject: CauseCase) => Cause | null;

/** In order: the first that has evidence decides. */
const rules: readonly Rule[] = [nullOnPath, numberAsPointer, maybeNullTrusted, boundOnCopy, unwritten];

export function flowCause(subject: CauseCase): Cause | null {
  for (const rule of rules) {
    const cause = rule(subject);
    if (cause !== null) return cause;
  }
  return null;
}

interface Named {
  readonly register: number;
  /** Null where the log does not show where its value comes from. */
  readonly origin: Origin | null;
  /** Index of the refused instruction in the trail. */
  readonly at: number;
}

/** The register that a line of the verdict is about, and what made its value. */
function named({ decidingLine, verdictLines, marks }: CauseCase, pattern: RegExp): Named | null {
  const match = [decidingLine, ...verdictLines].map((line) => pattern.exec(line)).find((found) => found !== null);
  const at = marks.findIndex(({ insn }) => insn !== null);
  if (match?.[1] === undefined || at < 0) return null;
  const register = Number(match[1]);
  return { register, at, origin: originOf(marks, { register, from: at + 1 }) };
}

const dereference = /^R(\d+) invalid mem access '(?:scalar|inv)'/;

function nullOnPath(subject: CauseCase): Cause | null {
  const found = named(subject, dereference);
  const origin = found?.origin ?? null;
  if (found === null || origin === null) return null;
  const [test] = origin.tests;
  if (origin.made.kind === 'call' && test !== undefined && isZero(subject, found)) {
    return {
      id: 'null-on-path',
      explanation: `On this path the pointer is NULL: the test at ${place(subject, test)} has found it so, and it is used all the same.`,
      hint: 'Leave, or go another way, where the test finds it NULL.',
    };
  }
  if (origin.made.kind !== 'constant' || origin.made.value !== 0) return null;
  return {
    id: 'null-on-path',
    explanation: `On this path the pointer is NULL: ${place(subject, origin.insn)} made it so. To the verifier that is the number 0.`,
    hint: 'Check the pointer itself just before it is used, not what it was chosen by. Where the compiler takes the check away, `barrier_var(pointer)` before it keeps it.',
  };
}

/** Does the verifier know that the register holds 0. */
function isZero({ marks }: CauseCase, { register, at }: Named): boolean {
  const state = stateOf(marks.slice(at + 1), register) ?? '';
  const { smin, umax } = boundsOf(state);
  return smin === 0 && umax === 0;
}

function numberAsPointer(subject: CauseCase): Cause | null {
  const origin = named(subject, dereference)?.origin;
  // What was compared may be a pointer that was found to be NULL, and that is no number.
  if (origin?.made.kind !== 'call' || origin.tests.length > 0) return null;
  const { name } = origin.made;
  const instead = name === 'bpf_get_current_task' ? 'Take bpf_get_current_task_btf() instead, or read' : 'Read';
  return {
    id: 'number-as-pointer',
    explanation: `What ${name} returned is a number to the verifier, and is used as a pointer.`,
    hint: `${instead} through it with BPF_CORE_READ() or bpf_probe_read_kernel().`,
    source: sourceOf(subject.lineInfo, origin.insn),
  };
}

const maybeNull =
  /^(?:R(\d+) invalid mem access '(?:trusted|rcu)_ptr_or_null_|Possibly NULL pointer passed to trusted (?:arg|R)(\d+))/;

function maybeNullTrusted(subject: CauseCase): Cause | null {
  const line = [subject.decidingLine, ...subject.verdictLines].find((candidate) => maybeNull.test(candidate));
  const match = line === undefined ? null : maybeNull.exec(line);
  const at = subject.marks.findIndex(({ insn }) => insn !== null);
  if (match === null || at < 0) return null;
  // Arguments are counted from 0, the registers that hold them from 1.
  const isCounted = line?.includes('trusted arg') === true;
  const register = Number(match[1] ?? match[2]) + (isCounted ? 1 : 0);
  const origin = originOf(subject.marks, { register, from: at + 1 });
  return {
    id: 'maybe-null-trusted',
    explanation: `A pointer of the kernel's that may be NULL is used before the program has looked at it.${whence(origin)}`,
    hint: 'Check it for NULL, and leave, before its first use on this path.',
  };
}

function whence(origin: Origin | null): string {
  if (origin?.made.kind === 'call') return ` ${origin.made.name} returns NULL where there is nothing.`;
  const isArgument = origin?.made.kind === 'memory' && /=ctx\b/.test(origin.made.state ?? '');
  return isArgument ? ' It is an argument of the hook which this kernel marks as one that may be NULL.' : '';
}

const unbounded =
  /^(?:R(\d+) (?:unbounded memory access|min value is negative, either|max value is outside)|math between \w+ pointer and register with unbounded)/;

/** The value of the access was tested, but in a register that the verifier does not connect with the one that is used. */
function boundOnCopy(subject: CauseCase): Cause | null {
  const { marks, decidingLine, verdictLines } = subject;
  const line = [decidingLine, ...verdictLines].find((candidate) => unbounded.test(candidate));
  const at = marks.findIndex(({ insn }) => insn !== null);
  if (line === undefined || at < 0) return null;
  const place = indexAt(subject, at, unbounded.exec(line)?.[1]);
  const used = place === null ? null : originOf(marks, place);
  if (used === null || used.tests.length > 0) return null;
  for (const [index, { text, insn }] of marks.slice(0, used.at).entries()) {
    const [, tested] = /^if [rw](\d+) /.exec(text) ?? [];
    if (insn === null || tested === undefined || index <= at) continue;
    const origin = originOf(marks, { register: Number(tested), from: index + 1 });
    if (origin?.at === used.at) return copied(subject, insn);
  }
  return null;
}

function copied(subject: CauseCase, insn: number): Cause {
  return {
    id: 'bound-on-copy',
    explanation: `The value was tested, at ${place(subject, insn)}, in a copy of the register that the access uses: cut to 32 bits, extended or kept elsewhere. The verifier does not connect the two.`,
    hint: 'Let the test and the access use one variable of one type, an unsigned 64-bit one, with `barrier_var(i)` before the test, so that the compiler keeps it in one register.',
  };
}

/** The register with the index or the length: of `r3 += r2`, made before the access through r3, it is r2. */
function indexAt(
  { marks }: CauseCase,
  at: number,
  number: string | undefined,
): { register: number; from: number } | null {
  const sum = /^r(\d+) \+= r(\d+)$/;
  const own = sum.exec(marks[at]?.text ?? '');
  if (own?.[2] !== undefined) return { register: Number(own[2]), from: at + 1 };
  if (number === undefined) return null;
  const register = Number(number);
  if (marks[at]?.text.startsWith('call ') === true) return { register, from: at + 1 };
  const origin = originOf(marks, { register, from: at + 1 });
  const added = origin?.made.kind === 'computed' ? sum.exec(origin.made.text) : null;
  return origin === null || added?.[2] === undefined ? null : { register: Number(added[2]), from: origin.at + 1 };
}

/** A register without a value: destroyed by a call, or never written. */
function unwritten(subject: CauseCase): Cause | null {
  const found = named(subject, /^R(\d+) !read_ok$/);
  if (found === null) return null;
  const { register, origin } = found;
  // The kernel passes over a call of a kfunc that libbpf did not find: nothing is in R0 after it.
  if (register === 0 && origin?.made.kind === 'call') return unresolvedCall(subject, origin);
  const isCalled = origin?.made.kind === 'call' || origin?.made.kind === 'function';
  if (origin !== null && isCalled) {
    return {
      id: 'uninitialised-register',
      explanation: `Register R${register} is read after a call that destroyed it, at ${place(subject, origin.insn)}: every call destroys R1 to R5.`,
      hint: 'Keep what is needed after a call in R6 to R9 or on the stack. The compiler does; look at inline assembly and its list of clobbered registers.',
    };
  }
  if (origin !== null || stateOf(subject.marks, register) !== null) return null;
  return {
    id: 'uninitialised-register',
    explanation:
      register === 0
        ? 'Register R0 is read, which the end of a function does, and on this path nothing was written to it.'
        : `Register R${register} is read on a path on which nothing was written to it.`,
    hint: 'Give the variable a value on every path, and the function a result.',
  };
}

function unresolvedCall(subject: CauseCase, { insn }: Origin): Cause {
  return {
    id: 'unknown-kfunc',
    explanation: `The call at ${place(subject, insn)} is one of a kfunc that this kernel lacks: it is declared __weak, and called without asking.`,
    hint: 'Ask with bpf_ksym_exists() before the call.',
    source: sourceOf(subject.lineInfo, insn),
  };
}

function place({ lineInfo }: CauseCase, insn: number): string {
  const source = sourceOf(lineInfo, insn);
  return source === null ? `instruction ${insn}` : `line ${source.line} (\`${source.text}\`)`;
}
