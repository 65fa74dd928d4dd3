import type { RunReport } from '../model/report.js';
import { block, code, details, escape } from './markdown-text.js';
import { codeOf, verdictWords } from './words.js';

/** The command in each kernel: a line for a pass, its last words collapsed for a failure. */
export function commandBlocks(report: RunReport): readonly (readonly string[])[] {
  return report.kernels.flatMap((kernel) => {
    if (kernel.status === 'unavailable' || kernel.command === null) return [];
    const { verdict, detail, tail, stdout, stderr } = kernel.command;
    const { symbol } = verdictWords[verdict.kind];
    if (verdict.kind === 'pass') return [[`- ${symbol} **${escape(kernel.id)}** ${code(detail)}`]];
    const title = `${symbol} <b>${escape(kernel.id)}</b> ${codeOf(verdict) ?? ''}: ${escape(detail)}`;
    return [details(title, [...block(tail), '', `- stdout ${code(stdout)}`, `- stderr ${code(stderr)}`])];
  });
}
