import type { LineInfo } from '../model/evidence.js';
import type { SourceLine } from '../model/report.js';

/** The source line that instruction `insn` belongs to: the last record at or before it. */
export function sourceOf(lines: readonly LineInfo[] | null, insn: number | null): SourceLine | null {
  if (lines === null || insn === null) return null;
  const hit = lines.filter((line) => line.insn <= insn).reduce(later, undefined);
  return hit === undefined ? null : { file: hit.file, line: hit.line, text: hit.text.trim() };
}

function later(best: LineInfo | undefined, line: LineInfo): LineInfo {
  return best === undefined || line.insn >= best.insn ? line : best;
}
