// SPDX-License-Identifier: Apache-2.0
import { oneLine } from './text.js';

/**
 * What means something to GitHub's Markdown or to HTML in the middle of a line. An underscore inside a word and a colon
 * that starts neither a link nor an emoji mean nothing, and stay readable in the raw file.
 */
const special = /[\\`*[{}<>#|~&@$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:(?=\/\/|[\w+-]+:)/g;

/**
 * Text of others as one line of Markdown or HTML that shows as it is: no emphasis, links, mentions, tags or table
 * borders. Each special character becomes a numeric reference, which also works where a backslash does not.
 */
export function escapeMarkdown(text: string): string {
  return oneLine(text).replace(special, (char) => `&#${char.charCodeAt(0)};`);
}

/** Text of others as code, in Markdown. A pipe would end a table cell even in backticks, so that one goes as HTML. */
export function markdownCode(text: string): string {
  const line = oneLine(text).trim();
  return line === '' || /[`|]/.test(line) ? htmlCode(line) : `\`${line}\``;
}

/** Text of others as code inside HTML, where Markdown is not read. */
export function htmlCode(text: string): string {
  return `<code>${escapeMarkdown(text)}</code>`;
}

/** A sentence with code in backticks, as our advice has it: the code as code, the rest as it is. */
export function markdownProse(text: string): string {
  const parts = text.split('`');
  // An odd one begins no code.
  if (parts.length % 2 === 0) return escapeMarkdown(text);
  return parts.map((part, at) => (at % 2 === 1 ? markdownCode(part) : escapeMarkdown(part))).join('');
}

/** Lines of others as a block, with a fence longer than any run of backticks in them. */
export function markdownBlock(lines: readonly string[]): readonly string[] {
  const clean = lines.map(oneLine);
  const longest = Math.max(2, ...clean.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, ...clean, fence];
}

export function markdownTableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

export function markdownDetails(
  summary: string,
  body: readonly string[],
  at: 'folded' | 'open' = 'folded',
): readonly string[] {
  // The empty lines are what makes GitHub read the body as Markdown.
  return [
    at === 'open' ? '<details open>' : '<details>',
    `<summary>${summary}</summary>`,
    '',
    ...body,
    '',
    '</details>',
    '',
  ];
}

/** GitHub drops a step summary over 1 MiB; the rest is for what other steps of the job write. */
export const markdownLimit = 900 * 1024;

/** Lines that are kept or left out as a whole. */
export type Block = readonly string[];

export interface Section {
  readonly title: string | null;
  readonly blocks: readonly Block[];
  /** Its blocks have room before those of any other, wherever it stands; absent where they take what is left. */
  readonly room?: 'reserved';
}

/**
 * The sections in order, as much as fits into `limit` bytes. Each section that lost blocks says how many, so that
 * nothing goes missing in silence; sections that come later may still fit.
 */
export function markdownWithin(sections: readonly Section[], limit: number): string {
  // Room that the notes about what was left out may take themselves.
  let left = limit - 200 * sections.length;
  const kept = new Map<Section, readonly Block[]>();
  const reserved = sections.filter(({ room }) => room === 'reserved');
  for (const section of [...reserved, ...sections.filter((one) => !reserved.includes(one))]) {
    const blocks = section.blocks.filter((block) => {
      const size = Buffer.byteLength(block.join('\n')) + 1;
      if (size > left) return false;
      left -= size;
      return true;
    });
    kept.set(section, blocks);
  }
  const lines = sections.flatMap((section) => sectionLines(section, kept.get(section) ?? []));
  return `${lines.join('\n').trimEnd()}\n`;
}

function sectionLines({ title, blocks }: Section, kept: readonly Block[]): readonly string[] {
  if (blocks.length === 0) return [];
  const missing = blocks.length - kept.length;
  return [
    ...(title === null ? [] : [`### ${title}`, '']),
    ...kept.flat(),
    ...(missing === 0 ? [] : [leftOut(missing), '']),
  ];
}

function leftOut(count: number): string {
  return `_${count} more left out here to stay within the size limit of a summary; all of them are in run.json._`;
}
