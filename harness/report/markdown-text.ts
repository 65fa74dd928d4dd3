import { oneLine } from './text.js';

/** Characters that mean something in GitHub's Markdown or in HTML; each as a numeric reference means only itself. */
const special = /[\\`*_{}[\]<>#|~&@!$^:]/g;

/**
 * Text of others as one line of Markdown that shows as it is: no emphasis, links, mentions, HTML or table borders.
 * Numeric references work in table cells, where a backslash does not keep a pipe out of a code span.
 */
export function escape(text: string): string {
  return oneLine(text).replace(special, (char) => `&#${char.charCodeAt(0)};`);
}

/** Text of others as code, also inside a table cell or `<summary>`, where backticks would not work for all texts. */
export function code(text: string): string {
  return `<code>${escape(text)}</code>`;
}

/** Lines of others as a block, with a fence longer than any run of backticks in them. */
export function block(lines: readonly string[]): readonly string[] {
  const clean = lines.map(oneLine);
  const longest = Math.max(2, ...clean.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, ...clean, fence];
}

export function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

export function details(summary: string, body: readonly string[]): readonly string[] {
  // The empty lines are what makes GitHub read the body as Markdown.
  return ['<details>', `<summary>${summary}</summary>`, '', ...body, '', '</details>', ''];
}
