// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { readExports, sharedNames, unusedExports } from './exports.js';
import { sourcesBelow } from './tree.js';

const everything = sourcesBelow('harness');
const isTest = ([path]: readonly [string, string]): boolean => path.startsWith('harness/test/');
const production = readExports(new Map([...everything].filter((entry) => !isTest(entry))));
const tests = readExports(new Map([...everything].filter(isTest)));

describe('exports of harness/', () => {
  it('are read', () => {
    expect(production.size).toBeGreaterThan(100);
    expect(tests.size).toBeGreaterThan(100);
  });

  it('have names that no other file exports', () => {
    expect(sharedNames(production).map(({ name, files }) => `${name}: ${files.join(', ')}`)).toEqual([]);
  });

  it('are imported by somebody', () => {
    expect(unusedExports(production, tests)).toEqual([]);
  });
});

describe('sharedNames', () => {
  it('finds a name that two files export, whatever it is', () => {
    const sources = new Map([
      ['harness/a.ts', 'export function words(): void {}\nexport const other = 1;'],
      ['harness/b.ts', 'export interface words {}\nconst other = 2;'],
      ['harness/c.ts', "export { words } from './a.js';"],
    ]);
    expect(sharedNames(readExports(sources))).toEqual([{ name: 'words', files: ['harness/a.ts', 'harness/b.ts'] }]);
  });

  it('lets a type and a value of one file share a name', () => {
    const sources = new Map([['harness/a.ts', 'export const Code = { ok: 0 };\nexport type Code = 0;']]);
    expect(sharedNames(readExports(sources))).toEqual([]);
  });

  it.each([
    'export class row {}',
    'export type row = 1;',
    'export const row = 1, more = 2;',
    'const row = 1;\nexport { row };',
    'export async function row(): Promise<void> {}',
  ])('sees %j', (text) => {
    const sources = new Map([
      ['harness/a.ts', text],
      ['harness/b.ts', 'export const row = 1;'],
    ]);
    expect(sharedNames(readExports(sources)).map(({ name }) => name)).toEqual(['row']);
  });
});

describe('unusedExports', () => {
  const declared = ['harness/a.ts', 'export const one = 1;\nexport const two = one;'] as const;
  const unused = (importer: string, more: readonly (readonly [string, string])[] = []) =>
    unusedExports(readExports(new Map([declared, ...more])), readExports(new Map([['harness/x/b.ts', importer]])));

  it('finds what nobody imports, and what only its own file uses', () => {
    expect(unused('')).toEqual(['harness/a.ts: one', 'harness/a.ts: two']);
    expect(unused("import { two } from '../a.js';")).toEqual(['harness/a.ts: one']);
    expect(unused("import { one } from '../b.js';")).toEqual(['harness/a.ts: one', 'harness/a.ts: two']);
  });

  it.each([
    "import { one as first, type two } from '../a.js';",
    "import * as all from '../a.js';",
    "const { one, two: second } = await import('../a.js');",
    "export const all = import('../a.js').then((a) => a.one);",
  ])('takes %j for a use', (importer) => {
    expect(unused(importer)).toEqual([]);
  });

  it('follows files that only pass it on', () => {
    const index = [
      'harness/index.ts',
      "export { one as first } from './a.js';\nexport { two } from './a.js';",
    ] as const;
    expect(unused("import { first } from '../index.js';", [index])).toEqual(['harness/a.ts: two']);
    const all = ['harness/index.ts', "export * from './a.js';"] as const;
    expect(unused("import { one } from '../index.js';", [all])).toEqual(['harness/a.ts: two']);
  });

  it('lets a type be that describes a signature of its own file, and no other', () => {
    const sources = new Map([
      [
        'harness/a.ts',
        'export interface Options { n: number }\nexport type Lost = 1;\nexport const f = (o: Options) => o;',
      ],
      ['harness/b.ts', "import { f } from './a.js';"],
    ]);
    expect(unusedExports(readExports(sources), new Map())).toEqual(['harness/a.ts: Lost']);
  });
});
