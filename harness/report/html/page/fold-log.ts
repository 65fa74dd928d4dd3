// SPDX-License-Identifier: Apache-2.0
import { instruction } from '../../../model/verifier-lines.js';

/** A part of a log: a line, or passes through a loop that all visit the same instructions. */
export type LogPart =
  | { readonly kind: 'line'; readonly line: LogLine }
  | {
      readonly kind: 'passes';
      readonly count: number;
      /** The first and last instruction of each. */
      readonly from: number;
      readonly to: number;
      readonly lines: readonly LogLine[];
    };

export interface LogLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** Fewer are not worth a fold. */
const passesMin = 3;

/**
 * A verifier log whose loops are folded: of passes that follow each other and visit the same instructions, the first and
 * the last stay, and so does whatever holds the line `keep`. A log without instructions is left as it is.
 */
export function foldLog(lines: readonly string[], keep: number | null): readonly LogPart[] {
  const passes = passesOf(lines.map((text, at) => ({ number: at + 1, text })));
  const parts: LogPart[] = [];
  for (let at = 0; at < passes.length;) {
    let end = at + 1;
    while (end < passes.length && isSamePass(passes[at], passes[end])) end++;
    const same = passes.slice(at, end);
    const inner = same.slice(1, -1).filter(({ lines: own }) => !own.some(({ number }) => number === keep));
    const folds = same.length >= passesMin && inner.length === same.length - 2;
    if (folds) parts.push(...shown(same[0]), foldedPasses(inner), ...shown(same.at(-1)));
    else parts.push(...same.flatMap(shown));
    at = end;
  }
  return parts;
}

interface Pass {
  readonly lines: readonly LogLine[];
  /** Instructions in the order of their visits. */
  readonly insns: readonly number[];
}

/** A new one begins where the verifier goes back to an instruction before; what is said in between belongs to what follows. */
function passesOf(lines: readonly LogLine[]): readonly Pass[] {
  const passes: Pass[] = [];
  let own: LogLine[] = [];
  let insns: number[] = [];
  let between: LogLine[] = [];
  for (const line of lines) {
    const insn = Number(instruction.exec(line.text)?.[1] ?? NaN);
    between.push(line);
    if (Number.isNaN(insn)) continue;
    if (insn <= (insns.at(-1) ?? -1)) {
      passes.push({ lines: own, insns });
      [own, insns] = [[], []];
    }
    own.push(...between);
    insns.push(insn);
    between = [];
  }
  return [...passes, { lines: own, insns }, { lines: between, insns: [] }];
}

function isSamePass(a: Pass | undefined, b: Pass | undefined): boolean {
  return a !== undefined && b !== undefined && a.insns.length > 0 && a.insns.join() === b.insns.join();
}

function shown(pass: Pass | undefined): readonly LogPart[] {
  return (pass?.lines ?? []).map((line) => ({ kind: 'line', line }));
}

function foldedPasses(passes: readonly Pass[]): LogPart {
  const insns = passes[0]?.insns ?? [];
  return {
    kind: 'passes',
    count: passes.length,
    from: insns[0] ?? 0,
    to: insns.at(-1) ?? 0,
    lines: passes.flatMap(({ lines }) => lines),
  };
}
