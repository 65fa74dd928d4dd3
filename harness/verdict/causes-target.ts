// SPDX-License-Identifier: Apache-2.0
import type { Cause, CauseCase } from './causes-case.js';

/** Why a program has no other program to be attached to: the guest's words (bpf/guest/target.c), then libbpf's. */
const rules: readonly {
  readonly line: RegExp;
  readonly cause: (...groups: readonly string[]) => Omit<Cause, 'id'>;
}[] = [
  {
    line: /^prog '[^']*': attach target: program '([^']*)' of (.*) does not load: (.*)$/,
    cause: (program = '', object = '', words = '') => ({
      explanation: `It is attached to program ${program} of ${object}, which is loaded first, and which this kernel does not load: ${words}. The program itself was not looked at.`,
      hint: `Load ${object} as an object of its own (--object): its verdict says why.`,
    }),
  },
  {
    line: /^prog '[^']*': attach target: no function '([^']*)' in program '([^']*)' of (.*): No such file or directory$/,
    cause: (wanted = '', program = '', object = '') => ({
      explanation: `It is attached to function ${wanted} of program ${program} of ${object}, and the BTF of that program has no such function. The program itself was not looked at.`,
      hint: 'Name the program itself, or a function of it that is a function still after compiling: global, and `__noinline`.',
    }),
  },
  {
    line: /^prog '[^']*': attach target: no function '([^']*)' in program '([^']*)' of (.*): (.*)$/,
    cause: (wanted = '', program = '', object = '', words = '') => ({
      explanation: `It is attached to function ${wanted} of program ${program} of ${object}, which could not be looked up in the loaded program: ${words}. The program itself was not looked at.`,
      hint: null,
    }),
  },
];

const noTarget = /^prog '[^']*': (?:no BTF-based attach target is specified|attach program FD is not set)/;

/** A program whose target could not be had, or that was given none. */
export function targetCause({
  decidingLine,
  libbpf,
  section,
}: Pick<CauseCase, 'decidingLine' | 'libbpf' | 'section'>): Cause | null {
  for (const rule of rules) {
    const match = rule.line.exec(decidingLine);
    if (match !== null) return { id: 'attach-target', ...rule.cause(...match.slice(1)) };
  }
  if (!/^\??freplace\b/.test(section) || !libbpf.some((line) => noTarget.test(line))) return null;
  return {
    id: 'attach-target',
    explanation: 'It replaces a function of another program, which has to be loaded before, and was given none.',
    hint: 'Name it in matrix.config.json: `"attach": { "object": "target.bpf.o", "program": "main", "function": "replaced" }` (docs/configuration.md).',
  };
}

/** The line that says why a program could not have the target that it was given. */
export const targetLine = (program: string, libbpf: readonly string[]): string | null =>
  libbpf.find((line) => line.startsWith(`prog '${program}': attach target: `)) ?? null;
