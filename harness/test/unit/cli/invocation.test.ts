// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { invocation, invocationAt } from '../../../model/invocation.js';

it('is npm in a checkout, and npx where it is installed', () => {
  expect(invocation).toBe('npm run matrix --');
  expect(invocationAt('file:///home/a/node_modules/bpf-matrix/dist/harness/cli/start.js')).toBe('npx bpf-matrix');
});
