// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { parseOnly } from '../../../config/only.js';
import { checkClasses } from '../../../model/check.js';
import { UsageError } from '../../../model/errors.js';

it.each([
  [undefined, 'all'],
  [['file'], new Set(['file'])],
  [['file,network', 'bpf'], new Set(['file', 'network', 'bpf'])],
  [['load'], 'none'],
  [['load,load'], 'none'],
] as const)('%j means %j', (texts, only) => {
  expect(parseOnly('--only', texts)).toEqual(only);
});

it.each([
  [['files'], `--only takes ${checkClasses.join(', ')} or load, not 'files'`],
  [['file,'], "not ''"],
  [[''], "not ''"],
  [['load', 'file'], '--only load means no scenarios, and file are some'],
])('%j is refused', (texts, words) => {
  expect(() => parseOnly('--only', texts)).toThrow(UsageError);
  expect(() => parseOnly('--only', texts)).toThrow(words);
});
