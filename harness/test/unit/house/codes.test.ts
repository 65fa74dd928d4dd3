// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nextSteps } from '../../../model/next-steps.js';
import { failureCodes, infraCauses, unavailableReasons } from '../../../model/verdict.js';

/** Codes that a document has a row for, by the head of the tables that they stand in: `code`, `cause`, `reason`. */
function documented(markdown: string, head: string): readonly string[] {
  const codes: string[] = [];
  let inside = false;
  for (const line of markdown.split('\n')) {
    const first = /^\|([^|]*)\|/.exec(line)?.[1]?.trim();
    if (first === undefined) inside = false;
    else if (first === head) inside = true;
    else if (inside) codes.push(...[...first.matchAll(/`([A-Z][A-Z_]*)`/g)].map(([, code = '']) => code));
  }
  return codes;
}

/** Without what only Markdown needs, and without the width of columns. */
function plainText(markdown: string): string {
  return markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`\\]/g, '')
    .replace(/\s+/g, ' ');
}

/** What is wrong with the rows of a document about these codes, one line each. */
function differences(codes: readonly string[], rows: readonly string[]): readonly string[] {
  return [
    ...codes.filter((code) => !rows.includes(code)).map((code) => `${code} has no row`),
    ...rows.filter((row) => !codes.includes(row)).map((row) => `the row ${row} has no code`),
    ...rows.filter((row, index) => rows.indexOf(row) !== index).map((row) => `${row} has two rows`),
  ];
}

describe('docs/failure-codes.md', () => {
  const markdown = readFileSync('docs/failure-codes.md', 'utf8');

  it.each([
    ['code', failureCodes],
    ['cause', infraCauses],
    ['reason', unavailableReasons],
  ] as const)('has a row for each %s, and no other', (head, codes) => {
    expect(differences(codes, documented(markdown, head))).toEqual([]);
  });

  it('says what a report says to do about a code', () => {
    const doc = plainText(markdown);
    expect(failureCodes.filter((code) => !doc.includes(plainText(nextSteps[code])))).toEqual([]);
  });

  it('has an anchor for each code that a finding can have', () => {
    const lacking = failureCodes.filter((code) => !markdown.includes(`<a id="${code.toLowerCase()}"></a>\`${code}\``));
    expect(lacking).toEqual([]);
  });
});

describe('the tables', () => {
  const table = (...rows: readonly string[]): string =>
    ['| code | what |', '| --- | --- |', ...rows, '', 'End'].join('\n');

  it('are read, several codes in a row too, and only under their head', () => {
    const cause = '\n| cause | what |\n| --- | --- |\n| `QEMU_START` | |\n';
    expect(documented(table('| `A_B`, `C` | `NOT_THIS` |') + cause, 'code')).toEqual(['A_B', 'C']);
    expect(documented(table('| `A_B` | |') + cause, 'cause')).toEqual(['QEMU_START']);
  });

  it('do not hide a code without a row, a row without a code, or a row twice', () => {
    const rows = documented(table('| `KNOWN` | |', '| `GONE` | |', '| `KNOWN` | |'), 'code');
    expect(differences(['KNOWN', 'FRESH'], rows)).toEqual([
      'FRESH has no row',
      'the row GONE has no code',
      'KNOWN has two rows',
    ]);
  });
});
