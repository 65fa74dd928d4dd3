import type { ReasonGroup } from '../verdict/compare-kernel.js';
import { programsOf, reasonLine } from './compare-words.js';
import type { Page } from './page.js';
import { oneLine } from './text.js';

/** What was refused, why, where, and the page about it. */
export function groupLines(object: string, group: ReasonGroup, page: Page): readonly string[] {
  const { source, page: about } = group.reason;
  return [
    `    ${oneLine(`${object}: ${programsOf(group)}`)}`,
    page.palette.tones.bad(`    ${oneLine(reasonLine(group.reason))}`),
    ...(source === null ? [] : [`    at ${oneLine(`${source.file}:${source.line}`)}  ${oneLine(source.text)}`]),
    ...(about === null ? [] : [`    see ${about}`]),
  ];
}
