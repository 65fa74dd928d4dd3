// SPDX-License-Identifier: Apache-2.0
import type { VerifierStats } from '../model/evidence.js';

/** Sizes from bpf_prog_info, bytes; 0 or undefined where the kernel does not say. */
export interface ProgramSizes {
  readonly jited?: number | undefined;
  readonly xlated?: number | undefined;
  readonly verifiedInsns?: number | undefined;
}

/**
 * Reads the verifier's closing lines:
 *
 *     verification time 72 usec
 *     stack depth 64+16
 *     processed 165 insns (limit 1000000) max_states_per_insn 0 total_states 14 peak_states 14 mark_read 7
 *
 * The last of each counts. A line that is not there, or not as expected, leaves null.
 */
export function parseVerifierStats(log: string, sizes: ProgramSizes): VerifierStats {
  const processed = last(log, /^processed (\d+) insns \(limit \d+\)(.*)$/gm) ?? [];
  const states = new Map([...(processed[2] ?? '').matchAll(/(\w+) (\d+)/g)].map(([, name, count]) => [name, count]));
  return {
    insns: number(processed[1]) ?? known(sizes.verifiedInsns),
    maxStatesPerInsn: number(states.get('max_states_per_insn')),
    totalStates: number(states.get('total_states')),
    peakStates: number(states.get('peak_states')),
    markRead: number(states.get('mark_read')),
    verificationTime: number(last(log, /^verification time (\d+) usec$/gm)?.[1]),
    stackDepth: sum(last(log, /^stack depth (\d+(?:\+\d+)*)/gm)?.[1]),
    jitedSize: known(sizes.jited),
    xlatedSize: known(sizes.xlated),
  };
}

function last(log: string, pattern: RegExp): RegExpMatchArray | undefined {
  return [...log.matchAll(pattern)].at(-1);
}

function number(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}

function known(value: number | undefined): number | null {
  return value === undefined || value === 0 ? null : value;
}

function sum(depths: string | undefined): number | null {
  return depths === undefined ? null : depths.split('+').reduce((total, depth) => total + Number(depth), 0);
}
