import type { CauseId } from '../model/cause.js';

/** What the verifier says about one cause, and what it means. `$1` and `$2` stand for groups of the pattern. */
export interface VerifierCause {
  readonly id: CauseId;
  /** Lines of kernel/bpf/verifier.c that are printed for this cause and for no other. */
  readonly patterns: readonly RegExp[];
  /** The program type that the cause is about; null for all. */
  readonly type: 'lsm' | null;
  readonly explanation: string;
  readonly hint: string;
}

/** In order: the first that has a pattern on one of the lines of the verdict. No pattern, no cause. */
export const verifierCauses: readonly VerifierCause[] = [
  {
    id: 'lsm-return-range',
    patterns: [/^At program exit the register R0 has .* should have been in (\S.*)$/],
    type: 'lsm',
    explanation:
      'The verifier cannot prove that the program returns a value in $1. Compilers lower `cond ? -EPERM : 0` to a negation, which some kernels track as any number.',
    hint: 'Put an empty asm on the condition, `asm volatile("" : "+r"(condition))`, so that the compiler makes a branch of it.',
  },
  {
    id: 'unreleased-reference',
    patterns: [/^Unreleased reference id=\d+ alloc_insn=(\d+)/, /would lead to reference leak$/],
    type: null,
    explanation: 'One path ends without giving back what was taken: a ring-buffer record, a socket, a task.',
    hint: 'Submit, discard or release it on every path to the end, early returns too.',
  },
  {
    id: 'missing-null-check',
    patterns: [
      /^R\d+ invalid mem access '\w*_or_null\w*'/,
      /^R\d+ type=\w*_or_null\w* expected=/,
      /null-check it first$/,
      /^Possibly NULL pointer passed to (?:trusted )?arg\d+/,
    ],
    type: null,
    explanation: 'A pointer that may be NULL is used before the program has looked at it.',
    hint: 'Check the result for NULL, and leave, before the first use on this path.',
  },
  {
    id: 'unbounded-access',
    patterns: [
      /^R\d+ unbounded memory access\b/,
      /^R\d+ min value is negative, either use unsigned/,
      /^R\d+ max value is outside of the (?:allowed )?memory range/,
      /pointer and register with unbounded min value is not allowed$/,
    ],
    type: null,
    explanation: 'An index or a length has no bound that the verifier knows, or one that is larger than the memory.',
    hint: 'Bound it just before the access: `if (i >= N) return ...`, or `i &= N - 1` where N is a power of two.',
  },
  {
    id: 'uninitialised-stack',
    patterns: [/^invalid (?:indirect )?read from stack (?:R\d+ )?(?:off|var_off) /],
    type: null,
    explanation: 'Bytes of the stack are read, or handed to a helper, that nothing was written to; padding counts.',
    hint: 'Zero the whole variable first: `struct key key = {}` may leave holes, `__builtin_memset(&key, 0, sizeof(key))` does not.',
  },
  {
    id: 'uninitialised-register',
    patterns: [/^R(\d+) !read_ok$/],
    type: null,
    explanation: 'Register R$1 is read on a path on which nothing was written to it; every call destroys R1 to R5.',
    hint: 'Give the variable a value on every path. After inline assembly, check its list of clobbered registers.',
  },
  {
    id: 'instruction-limit',
    patterns: [/^BPF program is too large\. Processed (\d+) insn/],
    type: null,
    explanation: 'The verifier gave up after $1 instructions: it walks every path, and each turn of a loop.',
    hint: 'Make loops shorter or use bpf_loop(), move shared work into global functions, merge branches before they multiply.',
  },
  {
    id: 'infinite-loop',
    patterns: [/^infinite loop detected at insn (\d+)/],
    type: null,
    explanation:
      'A loop came back to instruction $1 with nothing changed that the verifier tracks, so it may never end.',
    hint: 'Count in a variable that is compared with a constant, or use bpf_loop().',
  },
  {
    id: 'stack-limit',
    patterns: [/^combined stack size of (\d+) calls is (\d+)\. Too large/],
    type: null,
    explanation: 'The functions of one chain of calls need $2 bytes of stack together; there are 512.',
    hint: 'Move large variables into a per-CPU array map, or inline the function that is called.',
  },
];
