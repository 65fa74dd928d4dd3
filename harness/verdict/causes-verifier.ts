// SPDX-License-Identifier: Apache-2.0
import type { CauseId } from '../model/cause.js';

/** What the verifier says about one cause, and what it means. `$1` and `$2` stand for groups of the pattern. */
export interface VerifierCause {
  readonly id: CauseId;
  /** Lines of kernel/bpf/verifier.c that are printed for this cause and for no other. */
  readonly patterns: readonly RegExp[];
  readonly explanation: string;
  readonly hint: string;
}

/** In order: the first that has a pattern on one of the lines of the verdict. No pattern, no cause. */
export const verifierCauses: readonly VerifierCause[] = [
  {
    id: 'unreleased-reference',
    patterns: [/^Unreleased reference id=\d+ alloc_insn=(\d+)/, /would lead to reference leak$/],
    explanation: 'One path ends without giving back what was taken: a ring-buffer record, a socket, a task.',
    hint: 'Submit, discard or release it on every path to the end, early returns too.',
  },
  {
    id: 'missing-null-check',
    patterns: [
      /^R\d+ invalid mem access '\w*_or_null\w*'/,
      /^R\d+ type=\w*_or_null\w* expected=/,
      /null-check it first$/,
      /^Possibly NULL pointer passed to helper (?:arg|R)\d+/,
    ],
    explanation: 'A pointer that may be NULL is used before the program has looked at it.',
    hint: 'Check the result for NULL, and leave, before the first use on this path.',
  },
  {
    id: 'unbounded-access',
    patterns: [/^R\d+ unbounded memory access\b/],
    explanation: 'An index or a length has no upper bound that the verifier knows.',
    hint: 'Bound it just before the access: `if (i >= N) return ...`, or `i &= N - 1` where N is a power of two.',
  },
  {
    id: 'unbounded-access',
    patterns: [
      /^R\d+ min value is negative, either use unsigned/,
      /pointer and register with unbounded min value is not allowed$/,
    ],
    explanation: 'An index or a length may be negative, as far as the verifier knows: it has no lower bound.',
    hint: 'Make it unsigned and bound it just before the access, or test both ends: `if (i < 0 || i >= N) return ...`.',
  },
  {
    id: 'unbounded-access',
    patterns: [/^R\d+ max value is outside of the (?:allowed )?memory range/],
    explanation: 'An index or a length has a bound that the verifier knows, and that is larger than the memory.',
    hint: 'Bound it by what is left of the memory: index and size of the access together.',
  },
  {
    id: 'uninitialised-stack',
    patterns: [/^invalid (?:indirect )?read from stack (?:R\d+ )?(?:off|var_off) /],
    explanation: 'Bytes of the stack are read, or handed to a helper, that nothing was written to; padding counts.',
    hint: 'Zero the whole variable first: `struct key key = {}` may leave holes, `__builtin_memset(&key, 0, sizeof(key))` does not.',
  },
  {
    id: 'hook-not-sleepable',
    patterns: [/^(\w+) is not sleepable$/],
    explanation: 'The section asks for a program that may sleep, and this kernel lets none sleep in $1.',
    hint: 'Use the section without `.s`, and leave out what sleeps, or choose a hook that may sleep.',
  },
  {
    id: 'hook-not-sleepable',
    patterns: [/^Only .* programs can be sleepable$/, /^Program of this type cannot be sleepable$/],
    explanation: 'The section asks for a program that may sleep, and programs of its type may not.',
    hint: 'Use the section without `.s`, and leave out what sleeps.',
  },
  {
    id: 'stack-limit',
    patterns: [/^stack size of subprog (\d+) is (\d+)\. Too large/],
    explanation: 'One function needs $2 bytes of stack; there are 512.',
    hint: 'Move large variables into a per-CPU array map.',
  },
  {
    id: 'stack-limit',
    patterns: [/^tail_calls are not allowed when call stack of previous frames is (\d+) bytes\. Too large/],
    explanation: 'A function that makes a tail call is called with $1 bytes of stack in use, and at most 256 may be.',
    hint: 'Move large variables of its callers into a per-CPU array map, or make the tail call from the program itself.',
  },
  {
    id: 'global-argument',
    // btf_prepare_func_args, kernel/bpf/btf.c, until e5069b9c23b3 "bpf: Support pointers in global func args", v5.12.
    patterns: [/^Arg#\d+ type PTR in (\w+)\(\) is not supported yet\.$/],
    explanation:
      '$1() is a global function, which the verifier walks by itself, and this kernel lets such a function take numbers and the context, but no pointer to memory: that came with 5.12.',
    hint: 'For such kernels make it `static`, and let it be walked once per caller, or give it numbers.',
  },
  {
    id: 'global-argument',
    patterns: [/^arg#\d+ reference type\('\w+ (\w+)'\) size cannot be determined: -22$/],
    explanation:
      'A global function takes a pointer to $1, and the BTF of the object does not say how large that is. The verifier walks the function by itself, so it cannot tell how many bytes may be read.',
    hint: 'Define $1 in the object (as much of it as is read), or make the function `static`.',
  },
  {
    id: 'instruction-limit',
    patterns: [/^BPF program is too large\. Processed (\d+) insn/],
    explanation: 'The verifier gave up after $1 instructions: it walks every path, and each turn of a loop.',
    hint: 'Make loops shorter or use bpf_loop(), move shared work into global functions, merge branches before they multiply.',
  },
  {
    id: 'infinite-loop',
    patterns: [/^infinite loop detected at insn (\d+)/],
    explanation:
      'A loop came back to instruction $1 with nothing changed that the verifier tracks, so it may never end.',
    hint: 'Count in a variable that is compared with a constant, or use bpf_loop().',
  },
];
