// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { familyNames } from '../../../kernels/families.js';
import { sourcesBelow } from './tree.js';

/** Lines of code, comments and the names of providers left out, that know an architecture or a distribution by its name. */
function knowing(text: string): readonly string[] {
  const names = [
    /x86|amd64|aarch64|arm64|bzImage|ttyS|qemu-system-\w/,
    new RegExp(`['"\`](${familyNames.join('|')})['"\`]`),
  ];
  const code = text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '')
    .replace(/FamilyOf<[^>]*>/g, '');
  return code.split('\n').filter((line) => names.some((name) => name.test(line)));
}

it('nobody but the two tables knows an architecture or a family of distributions', () => {
  const tables = ['harness/target.ts', 'harness/kernels/families.ts'];
  const known = [...sourcesBelow('harness')].filter(
    ([path]) => !path.startsWith('harness/test/') && !tables.includes(path),
  );
  expect(known.length).toBeGreaterThan(100);
  expect(known.flatMap(([path, text]) => knowing(text).map((line) => `${path}: ${line.trim()}`))).toEqual([]);
});

it.each([
  ["if (family === 'debian') return;", 1],
  ["const qemu = 'qemu-system-x86_64';", 1],
  ["type OfApt = FamilyOf<'ubuntu'>;", 0],
  ['/** Ubuntu on x86-64. */ // amd64', 0],
  ["// 'ubuntu'\nconst name = /^Name:\\tqemu-system/;", 0],
])('%s', (text, lines) => {
  expect(knowing(text)).toHaveLength(lines);
});
