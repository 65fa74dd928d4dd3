import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const declaration = /^export (?:async |abstract )?(?:function|const|class|interface|type|enum) (\w+)/gm;

/** Names that more than one file declares and exports; a type and a value of one file may share theirs. */
function sharedNames(texts: readonly (readonly [file: string, text: string])[]): readonly string[] {
  const files = new Map<string, Set<string>>();
  for (const [file, text] of texts) {
    for (const [, name = ''] of text.matchAll(declaration)) files.set(name, (files.get(name) ?? new Set()).add(file));
  }
  return [...files].filter(([, where]) => where.size > 1).map(([name, where]) => `${name}: ${[...where].join(', ')}`);
}

async function sources(): Promise<readonly (readonly [string, string])[]> {
  const names = await readdir('harness', { recursive: true });
  const own = names.filter((name) => name.endsWith('.ts') && !name.startsWith('test/')).sort();
  return Promise.all(own.map(async (name) => [name, await readFile(join('harness', name), 'utf8')] as const));
}

it('an exported name means one thing in the whole of harness/', async () => {
  const all = await sources();
  expect(all.length).toBeGreaterThan(200);
  expect(sharedNames(all)).toEqual([]);
});

it('finds one that two files export', () => {
  const twice = [
    ['a.ts', 'export const one = 1;\nexport type one = number;'],
    ['b.ts', 'const one = 2;\nexport async function one() {}\n'],
  ] as const;
  expect(sharedNames(twice)).toEqual(['one: a.ts, b.ts']);
  expect(sharedNames(twice.slice(0, 1))).toEqual([]);
});
