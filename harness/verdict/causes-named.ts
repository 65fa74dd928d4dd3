// SPDX-License-Identifier: Apache-2.0
import { type CauseCase, matchVerdictLines } from './causes-case.js';
import { sourceLineOf } from './source.js';
import { type Origin, valueOriginOf } from './verifier-value.js';

export interface Named {
  readonly register: number;
  /** Null where the log does not show where its value comes from. */
  readonly origin: Origin | null;
  /** Index of the refused instruction in the trail. */
  readonly at: number;
}

/** The register that a line of the verdict is about, and what made its value. */
export function namedRegister(rejection: CauseCase, pattern: RegExp): Named | null {
  const { marks } = rejection;
  const match = matchVerdictLines(rejection, pattern);
  const at = marks.findIndex(({ insn }) => insn !== null);
  if (match?.[1] === undefined || at < 0) return null;
  const register = Number(match[1]);
  return { register, at, origin: valueOriginOf(marks, { register, from: at + 1 }) };
}

/** An instruction for people: its line, where it has one. */
export function instructionPlace({ lineInfo }: CauseCase, insn: number): string {
  const source = sourceLineOf(lineInfo, insn);
  return source === null ? `instruction ${insn}` : `line ${source.line} (\`${source.text}\`)`;
}
