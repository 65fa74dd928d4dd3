import type { RunReport } from '../model/report.js';
import type { Page } from './page.js';
import { oneLine } from './text.js';
import { verdictWords } from './words.js';

/** The command in each kernel: one line for a pass, and what it said last for a failure. */
export function commandLines(report: RunReport, page: Page): readonly string[] {
  const lines = report.kernels.flatMap((kernel) => {
    if (kernel.status === 'unavailable' || kernel.command === null) return [];
    const { verdict, detail, tail, stdout, stderr } = kernel.command;
    const { word, tone } = verdictWords[verdict.kind];
    const title = page.palette.tones[tone](`  ${word} ${kernel.id}  ${oneLine(detail)}`);
    if (verdict.kind === 'pass') return [title];
    const said = tail.map((line) => page.palette.dim(`    | ${oneLine(line)}`));
    return [title, ...said, `    out   ${page.path(stdout)}`, `    err   ${page.path(stderr)}`];
  });
  return lines.length === 0 ? [] : [...lines, ''];
}
