// SPDX-License-Identifier: Apache-2.0
import { endless, instruction, isClosingVerifierLine, isWalkingVerifierLine } from '../model/verifier-lines.js';

/**
 * Reads the end of a verifier log. Formats: kernel/bpf/verifier.c (print_bpf_insn, print_verifier_state,
 * print_verification_stats) and libbpf.c (fixup_verifier_log).
 */

/** What a rejection log says, stripped of everything that is not the verdict. */
export interface LogReading {
  /** The line that decided, or null for a log without one. */
  readonly decidingLine: string | null;
  /** All lines of the verdict; it can have more than one. */
  readonly verdictLines: readonly string[];
  /** Index of the instruction the verifier was at, or null. */
  readonly insn: number | null;
}

/** Where libbpf explains a poisoned instruction, its explanation is the verdict. */
const decisive = [
  /^failed to resolve CO-RE relocation /,
  /^BPF map '.*' is referenced but wasn't created$/,
  /^kfunc '.*' is referenced but wasn't resolved$/,
  /^Unreleased reference /,
  /^Arg#\d+ type \w+ in \w+\(\) is not supported yet\.$/,
];

export function readVerifierLog(log: string): LogReading {
  const lines = log.split('\n').map((line) => line.trimEnd());
  let end = lines.length;
  while (end > 0 && isClosingVerifierLine(lines[end - 1] ?? '')) end--;
  let start = end;
  while (start > 0 && !isWalkingVerifierLine(lines[start - 1] ?? '')) start--;
  const verdictLines = lines.slice(start, end).filter((line) => line !== '');
  const loop = verdictLines.length === 0 ? endlessLoop(lines) : null;
  if (loop !== null) return loop;
  const chosen = decisive.map((pattern) => verdictLines.find((line) => pattern.test(line))).find(Boolean);
  return {
    decidingLine: chosen ?? verdictLines[0] ?? lines[end - 1] ?? null,
    verdictLines,
    insn: lastInstruction(lines, start),
  };
}

function endlessLoop(lines: readonly string[]): LogReading | null {
  for (const line of lines.slice(-8)) {
    const match = endless.exec(line);
    if (match?.[1] === undefined) continue;
    return { decidingLine: match[1], verdictLines: [match[1]], insn: Number(match[2]) };
  }
  return null;
}

/** Index of the last instruction the verifier printed before line `end`. */
function lastInstruction(lines: readonly string[], end: number): number | null {
  for (let at = end - 1; at >= 0; at--) {
    const match = instruction.exec(lines[at] ?? '');
    if (match?.[1] !== undefined) return Number(match[1]);
  }
  return null;
}
