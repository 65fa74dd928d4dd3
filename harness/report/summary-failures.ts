import type { SourceLine } from '../model/report.js';
import { wholeObject } from './cases.js';
import type { Failure } from './failures.js';
import type { Page } from './page.js';
import { oneLine } from './text.js';
import { causeFacts, ladderLines, pathLines } from './why.js';
import { cellWords } from './words.js';

const words = { fail: cellWords.fail, infra: cellWords.infra, told: cellWords.optional } as const;

/** A fault as a person acts on it: where, what, why, the source line and the log. */
export function failureLines(failure: Failure, page: Page): readonly string[] {
  const { word, tone } = words[failure.kind];
  const item =
    failure.item === wholeObject ? `${failure.object} (${wholeObject})` : `${failure.object}/${failure.item}`;
  const step = failure.why === null ? failure.step : `${failure.step}, ${failure.why.errno}`;
  const title = `  ${word} ${failure.kernels.join(', ')}  ${oneLine(item)}  ${failure.code} (${step})`;
  return [page.palette.tones[tone](title), ...reasons(failure, page), ''];
}

function reasons({ why, logs }: Failure, page: Page): readonly string[] {
  if (why === null) return ['    no further evidence'];
  return [
    `    ${oneLine(why.decidingLine)}`,
    ...sourceLine('at  ', why.source),
    ...sourceLine('from', why.origin),
    ...pathLines(why).map((line) => `    via   ${line}`),
    ...ladderLines(why).map((line) => `    tried ${line}`),
    ...causeFacts(why).map(([label, text]) => `    ${label.padEnd(4)}  ${text}`),
    logs.length > 0 ? `    log   ${braced(logs.map((log) => page.path(log)))}` : '    log   none: nothing was written',
  ];
}

function sourceLine(label: string, source: SourceLine | null): readonly string[] {
  if (source === null) return [];
  return [`    ${label}  ${oneLine(source.file)}:${source.line}  ${oneLine(source.text).trim()}`];
}

/** Paths that differ in one folder as one path a shell expands: `logs/{6.8,6.12}/console.log`. */
export function braced(paths: readonly string[]): string {
  const split = paths.map((path) => path.split('/'));
  const [first] = split;
  if (first === undefined || split.some((parts) => parts.length !== first.length)) return paths.join(' ');
  const differing = [...first.keys()].filter((at) => split.some((parts) => parts[at] !== first[at]));
  const [only] = differing;
  if (only === undefined) return paths[0] ?? '';
  if (differing.length > 1) return paths.join(' ');
  return first.with(only, `{${split.map((parts) => parts[only] ?? '').join(',')}}`).join('/');
}
