// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/*
 * An attempt may share the memory of its batch where its operation leaves nothing in it (`enum memory` of
 * bpf/probe/attempt/attempt.h). What it leaves would be there for the attempts after it.
 */
const folder = 'bpf/probe/attempt';
const source = readdirSync(folder)
  .filter((name) => name.endsWith('.c'))
  .map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
  .join('\n');

/** What maps, allocates, forks, or keeps something in memory of the C library. */
const leaves =
  /\b(mmap|brk|malloc|calloc|realloc|strdup|fork|vfork|clone|fopen|opendir|setenv|atexit|io_uring_setup|CLONE_NEWUSER)\b/;

/** Functions with their bodies, as the formatter writes them. */
function functionsOf(code: string): ReadonlyMap<string, string> {
  const found = code.matchAll(/^[a-z][^;{}#=]*?\b(\w+)\([^;{}]*\)\n\{\n([\s\S]*?)^\}/gm);
  return new Map([...found].map(([, name = '', body = '']) => [name, body]));
}

/** The body of a function with those of all that it calls. */
function codeOf(name: string, functions: ReadonlyMap<string, string>, seen = new Set<string>()): string {
  const body = functions.get(name);
  if (body === undefined || seen.has(name)) return '';
  seen.add(name);
  const called = [...new Set(body.match(/\b\w+(?=\()/g))];
  return [body, ...called.map((one) => codeOf(one, functions, seen))].join('\n');
}

function sharedOf(code: string): readonly string[] {
  return [...code.matchAll(/\{"[^"]+", \d+, (\w+), SHARED\}/g)].map(([, name = '']) => name);
}

describe('operations that share memory', () => {
  const functions = functionsOf(source);

  it.each([...new Set(sharedOf(source))])('%s leaves nothing in it', (name) => {
    expect(functions.has(name)).toBe(true);
    expect(codeOf(name, functions)).not.toMatch(leaves);
  });

  it.each(['malloc(1)', 'mmap(NULL, 1)', 'fork()', 'helper()'])('one that calls %s is found', (call) => {
    const code = `static int helper(void)\n{\n\treturn fork();\n}\n\nstatic int try_it(char **args)\n{\n\treturn ${call};\n}\n`;
    expect(codeOf('try_it', functionsOf(code))).toMatch(leaves);
  });
});
