// SPDX-License-Identifier: Apache-2.0
import type { LineInfo } from '../model/evidence.js';
import type { PathStep } from '../model/report.js';
import { sourceLineOf } from './source.js';
import { type Mark, trailStateOf, verifierTrailOf } from './verifier-trail.js';

/** Steps that a person reads, the rejected instruction among them. */
const stepsMax = 6;

/** The last decisions before the log ends, oldest first. Empty where the log shows no instruction. */
export function verifierPathOf(log: string, lineInfo: readonly LineInfo[] | null): readonly PathStep[] {
  const marks = verifierTrailOf(log);
  const end = marks.findIndex(({ insn }) => insn !== null);
  const steps: PathStep[] = [];
  const seen = new Set<number>();
  for (const [at, { insn, text, next }] of marks.entries()) {
    if (insn === null || seen.has(insn) || (at !== end && !text.startsWith('if '))) continue;
    const choice = at === end || next === null ? '' : `: ${next === insn + 1 ? 'not taken' : 'taken'}`;
    const known = knownAt(marks.slice(at), text);
    seen.add(insn);
    steps.unshift({ insn, source: sourceLineOf(lineInfo, insn), state: [`${text}${choice}`, ...known].join('; ') });
    if (steps.length === stepsMax) break;
  }
  return steps;
}

/** What was last known of the registers that an instruction names: the latest line that has each. */
function knownAt(marks: readonly Mark[], text: string): readonly string[] {
  const named = [...text.matchAll(/\b[rw](\d+)\b/g)].map(([, number]) => Number(number));
  const registers = new Set(text === 'exit' ? [0] : named);
  const known = [...registers].flatMap((register) => trailStateOf(marks, register) ?? []);
  return known.length === 0 ? [] : [known.join(' ').slice(0, 200)];
}
