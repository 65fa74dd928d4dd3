import type { Bisection } from '../verdict/bisect.js';
import { bisectConclusion, bisectHead, bisectTable, flipLine, reasonLines } from './bisect-words.js';
import type { Page } from './page.js';
import { span, tableLines } from './table.js';
import { oneLine } from './text.js';
import { exitWord, loaderWords, shortCompiler, shortHash } from './words.js';

/** A bisection for a person: the object, the table, the flips, the verdict. */
export function bisectLines(bisection: Bisection, page: Page): readonly string[] {
  const { object, flips, exitCode } = bisection;
  const { palette } = page;
  const facts = `${oneLine(object.file)}  sha256 ${shortHash(object.sha256)}  ${oneLine(shortCompiler(object))}`;
  const rows = bisectTable(bisection).map(({ release, version, verdict, insns, tone }) => [
    span(release),
    span(version, palette.dim),
    span(verdict, palette.tones[tone]),
    span(insns),
  ]);
  const reasons = reasonLines(bisection).map((line) => `  ${oneLine(line)}`);
  return [
    `${palette.strong(`${oneLine(object.name)}/${oneLine(bisection.program)}`)}  ${palette.dim(facts)}`,
    ...loaderWords(bisection),
    '',
    ...tableLines([bisectHead.slice(0, -1).map((word) => span(word, palette.strong)), ...rows], 2, page.columns),
    '',
    ...flips.map((flip) => `  ${oneLine(flipLine(flip))}`),
    ...(flips.length === 0 ? [] : ['']),
    ...(reasons.length === 0 ? [] : [...reasons, '']),
    palette.dim(`report: ${page.path('bisect.md')}`),
    palette.tones[exitWord(exitCode).tone](oneLine(bisectConclusion(bisection))),
  ];
}
