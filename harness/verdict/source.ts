// SPDX-License-Identifier: Apache-2.0
import type { LineInfo } from '../model/evidence.js';
import type { SourceLine } from '../model/report.js';

/** The source line that instruction `insn` belongs to: the last record at or before it. */
export function sourceLineOf(lines: readonly LineInfo[] | null, insn: number | null): SourceLine | null {
  if (lines === null || insn === null) return null;
  const hit = lines.filter((line) => line.insn <= insn).reduce(later, undefined);
  return hit === undefined ? null : placedSource(hit);
}

/** The place of a record of line info. */
export function placedSource({ file, line, text }: Omit<LineInfo, 'insn'>): SourceLine {
  return { file, line, text: text.trim() };
}

function later(best: LineInfo | undefined, line: LineInfo): LineInfo {
  return best === undefined || line.insn >= best.insn ? line : best;
}

/** How far an excerpt reaches to both sides of a line. */
const reach = 3;

/** The lines around one, as far as line info has them: those that have code. Empty where it has no other. */
export function sourceAround(lines: readonly LineInfo[] | null, source: SourceLine | null): readonly SourceLine[] {
  if (lines === null || source === null) return [];
  const near = new Map<number, SourceLine>();
  for (const { file, line, text } of lines) {
    if (file === source.file && Math.abs(line - source.line) <= reach)
      near.set(line, { file, line, text: text.trim() });
  }
  return near.size < 2 ? [] : [...near.values()].sort((a, b) => a.line - b.line);
}
