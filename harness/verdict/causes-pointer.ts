// SPDX-License-Identifier: Apache-2.0
import { type Cause, type CauseCase, matchVerdictLines } from './causes-case.js';
import { type Named, namedRegister, instructionPlace } from './causes-named.js';
import { sourceLineOf } from './source.js';
import { verifierBoundsOf } from './verifier-bounds.js';
import { trailStateOf } from './verifier-trail.js';
import { type Origin, valueOriginOf } from './verifier-value.js';

/** Pointers that are NULL, or numbers, where they are used. */

const dereference = /^R(\d+) invalid mem access '(?:scalar|inv)'/;

export function nullOnPathCause(rejection: CauseCase): Cause | null {
  const found = namedRegister(rejection, dereference);
  const origin = found?.origin ?? null;
  if (found === null || origin === null) return null;
  const [test] = origin.tests;
  if (origin.made.kind === 'call' && test !== undefined && isZero(rejection, found)) {
    return {
      id: 'null-on-path',
      explanation: `On this path the pointer is NULL: the test at ${instructionPlace(rejection, test)} has found it so, and it is used all the same.`,
      hint: 'Leave, or go another way, where the test finds it NULL.',
    };
  }
  if (origin.made.kind !== 'constant' || origin.made.value !== 0) return null;
  return {
    id: 'null-on-path',
    explanation: `On this path the pointer is NULL: ${instructionPlace(rejection, origin.insn)} made it so. To the verifier that is the number 0.`,
    hint: 'Check the pointer itself just before it is used, not what it was chosen by. Where the compiler takes the check away, `barrier_var(pointer)` before it keeps it.',
  };
}

/** Does the verifier know that the register holds 0. */
function isZero({ marks }: CauseCase, { register, at }: Named): boolean {
  const state = trailStateOf(marks.slice(at + 1), register) ?? '';
  const { smin, umax } = verifierBoundsOf(state);
  return smin === 0 && umax === 0;
}

export function numberAsPointerCause(rejection: CauseCase): Cause | null {
  const origin = namedRegister(rejection, dereference)?.origin;
  // What was compared may be a pointer that was found to be NULL, and that is no number.
  if (origin?.made.kind !== 'call' || origin.tests.length > 0) return null;
  const { name } = origin.made;
  const instead = name === 'bpf_get_current_task' ? 'Take bpf_get_current_task_btf() instead, or read' : 'Read';
  return {
    id: 'number-as-pointer',
    explanation: `What ${name} returned is a number to the verifier, and is used as a pointer.`,
    hint: `${instead} through it with BPF_CORE_READ() or bpf_probe_read_kernel().`,
    source: sourceLineOf(rejection.lineInfo, origin.insn),
  };
}

const maybeNull =
  /^(?:R(\d+) invalid mem access '(?:trusted|rcu)_ptr_or_null_|Possibly NULL pointer passed to trusted (?:arg|R)(\d+))/;

export function maybeNullTrustedCause(rejection: CauseCase): Cause | null {
  const match = matchVerdictLines(rejection, maybeNull);
  const at = rejection.marks.findIndex(({ insn }) => insn !== null);
  if (match === null || at < 0) return null;
  // Arguments are counted from 0, the registers that hold them from 1.
  const isCounted = match[0].includes('trusted arg');
  const register = Number(match[1] ?? match[2]) + (isCounted ? 1 : 0);
  const origin = valueOriginOf(rejection.marks, { register, from: at + 1 });
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
