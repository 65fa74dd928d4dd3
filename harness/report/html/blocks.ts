// SPDX-License-Identifier: Apache-2.0
import type { Explanation, PathStep, SourceLine } from '../../model/report.js';
import type { DocTarget } from '../views/doc-link.js';
import { oneLine } from '../views/text.js';
import { causeFacts, ladderLines } from '../views/why.js';
import type { PageBlock, PageFact, PageLogRef, PageStep } from './page-data.js';

/** Nothing where there is no text. */
export function pageFact(label: string, text: string | null, href: string | null = null): readonly PageFact[] {
  return text === null ? [] : [{ label, text: oneLine(text), href, kernel: null }];
}

/** A page of this project, as a link where that is known to lead somewhere. */
export function docFact(label: string, page: string, target: DocTarget): PageFact {
  const found = target(page);
  // A report may come from elsewhere, and a name in it be `javascript:`.
  return {
    label,
    text: page,
    href: found === null || /^(https?:|\.)/.test(found) ? found : `./${found}`,
    kernel: null,
  };
}

export function factBlock(facts: readonly PageFact[]): readonly PageBlock[] {
  return facts.length === 0 ? [] : [{ kind: 'facts', facts }];
}

export function linesBlock(kind: 'lines' | 'folded', label: string, lines: readonly string[]): readonly PageBlock[] {
  return lines.length === 0 ? [] : [{ kind, label, lines: lines.map(oneLine) }];
}

/** A file of the report folder; nothing where there is none. */
export function logBlock(
  label: string,
  path: string | null,
  more: Partial<Pick<PageLogRef, 'kernel' | 'mark'>> = {},
): readonly PageLogRef[] {
  if (path === null) return [];
  return [{ kind: 'log', label, path, href: fileHref(path), kernel: more.kernel ?? null, mark: more.mark ?? null }];
}

/** From the report to a file beside it: never to another host, whatever the path says. */
export function fileHref(path: string): string {
  return `./${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** Why a program was refused: where, on which way, and what to do about it. */
export function explanationBlocks(why: Explanation, target: DocTarget): readonly PageBlock[] {
  const facts = [
    ...placeFacts('at', why.source),
    ...placeFacts('from', why.origin),
    ...causeFacts(why).flatMap(([label, text]) =>
      label === 'page' ? [docFact(label, text, target)] : pageFact(label, text),
    ),
  ];
  return [
    ...factBlock(facts),
    ...sourceBlock(why),
    ...(why.path.length === 0 ? [] : [{ kind: 'path', steps: why.path.map(pageStep) } as const]),
    ...linesBlock('lines', 'What was tried, because the kernel said nothing', ladderLines(why)),
  ];
}

function placeFacts(label: string, source: SourceLine | null): readonly PageFact[] {
  return source === null ? [] : pageFact(label, `${source.file}:${source.line}  ${source.text.trim()}`);
}

function sourceBlock({ excerpt, source }: Explanation): readonly PageBlock[] {
  if (source === null || excerpt.length === 0) return [];
  const lines = excerpt.map(({ line, text }) => ({ line, text: oneLine(text), deciding: line === source.line }));
  return [{ kind: 'source', file: source.file, lines }];
}

/** `if r0 == 0x0 goto pc+3: not taken; R0_w=...`: what was done, then what was known. */
function pageStep({ insn, source, state }: PathStep): PageStep {
  const end = state.indexOf('; ');
  const [action, registers] = end < 0 ? [state, ''] : [state.slice(0, end), state.slice(end + 2)];
  return {
    insn,
    place: source === null ? '' : `${source.file.replace(/^.*\//, '')}:${source.line}`,
    source: source === null ? '' : oneLine(source.text).trim(),
    action: oneLine(action),
    registers: oneLine(registers),
  };
}
