// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { invocation, invocationAt, withInvocation } from '../../../model/invocation.js';

it.each([
  ['file:///home/a/app/node_modules/bpf-matrix/dist/harness/cli/start.js', '/home/a/app', 'npx bpf-matrix'],
  ['file:///home/a/matrix/dist/harness/cli/start.js', '/home/a/matrix', 'npm run matrix --'],
  ['file:///home/a/matrix/harness/model/invocation.ts', '/home/a/matrix', 'npm run matrix --'],
  ['file:///home/a/matrix/dist/harness/cli/start.js', '/home/a/other', '/home/a/matrix/scripts/matrix'],
])('of %s in %s is %s', (url, cwd, words) => {
  expect(invocationAt(url, cwd)).toBe(words);
});

it('stands in every example that is printed', () => {
  const text = '  $ npm run matrix -- doctor\n  $ npm run --silent matrix -- shell\n  $ npm run bench -- -k 6.1\n';
  expect(withInvocation(text, 'npx bpf-matrix')).toBe(
    '  $ npx bpf-matrix doctor\n  $ npx bpf-matrix shell\n  $ npx bpf-matrix bench -k 6.1\n',
  );
  expect(invocation).toBe('npm run matrix --');
});
