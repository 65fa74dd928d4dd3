// SPDX-License-Identifier: Apache-2.0
import type { Cause, CauseCase } from './causes-case.js';
import { namedRegister, instructionPlace } from './causes-named.js';
import { sourceLineOf } from './source.js';
import { trailStateOf } from './verifier-trail.js';
import type { Origin } from './verifier-value.js';

/** A register without a value: destroyed by a call, or never written. */
export function unwrittenRegisterCause(rejection: CauseCase): Cause | null {
  const found = namedRegister(rejection, /^R(\d+) !read_ok$/);
  if (found === null) return null;
  const { register, origin } = found;
  if (origin === null) return trailStateOf(rejection.marks, register) === null ? neverWritten(register) : null;
  const { made, insn } = origin;
  if (made.kind !== 'call' && made.kind !== 'function') return null;
  if (register === 0) return made.kind === 'call' ? withoutResult(rejection, origin, made.name) : null;
  return {
    id: 'uninitialised-register',
    explanation: `Register R${register} is read after a call that destroyed it, at ${instructionPlace(rejection, insn)}: every call destroys R1 to R5.`,
    hint: 'Keep what is needed after a call in R6 to R9 or on the stack. The compiler does; look at inline assembly and its list of clobbered registers.',
  };
}

/** A call that left nothing in R0. */
function withoutResult(rejection: CauseCase, origin: Origin, name: string): Cause {
  // The kernel passes over a call of a kfunc that libbpf did not find.
  if (name === '#0') return unresolvedCall(rejection, origin);
  return {
    id: 'uninitialised-register',
    explanation: `Register R0 is read after the call at ${instructionPlace(rejection, origin.insn)}, and ${name} returns nothing.`,
    hint: 'Give the function a result of its own: `return 0;`.',
  };
}

function neverWritten(register: number): Cause {
  return {
    id: 'uninitialised-register',
    explanation:
      register === 0
        ? 'Register R0 is read, which the end of a function does, and on this path nothing was written to it.'
        : `Register R${register} is read on a path on which nothing was written to it.`,
    hint: 'Give the variable a value on every path, and the function a result.',
  };
}

function unresolvedCall(rejection: CauseCase, { insn }: Origin): Cause {
  return {
    id: 'unknown-kfunc',
    explanation: `The call at ${instructionPlace(rejection, insn)} is one of a kfunc that this kernel lacks: it is declared __weak, and called without asking.`,
    hint: 'Ask with bpf_ksym_exists() before the call.',
    source: sourceLineOf(rejection.lineInfo, insn),
  };
}
