// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dearestFiles } from '../../vm/dearest-files.js';

const ending = '.test.ts';
const files = readdirSync('harness/test/vm').flatMap((name) =>
  name.endsWith(ending) ? [name.replace(ending, '')] : [],
);

/** The names in the first column of the tables below a heading. */
function namesBelow(heading: string, text: string): readonly string[] {
  const [, after = ''] = text.split(`# ${heading}\n`);
  const [section = ''] = after.split(/^#/m);
  return [...section.matchAll(/^\| `([\w-]+)` /gm)].map(([, name = '']) => name);
}

describe('the tests that boot', () => {
  const text = readFileSync('docs/testing.md', 'utf8');

  it.each(['What each file proves', 'Where the time goes'])('have a row each in docs/testing.md: %s', (heading) => {
    expect(files.length).toBeGreaterThan(20);
    expect(namesBelow(heading, text).toSorted()).toEqual(files.toSorted());
  });

  it('that start first exist', () => {
    expect(dearestFiles.filter((name) => !files.includes(name))).toEqual([]);
  });
});

describe('namesBelow', () => {
  it('takes the tables of its own section alone', () => {
    const text = '## One\n\n| file |\n| ---- |\n| `a-b` | x |\nand `c` \n### Two\n| `d` | y |\n';
    expect([namesBelow('One', text), namesBelow('Two', text), namesBelow('Three', text)]).toEqual([['a-b'], ['d'], []]);
  });
});
