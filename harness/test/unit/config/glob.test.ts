// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { isOneOf } from '../../../config/glob.js';

const names = ['deny_open', 'deny_openat2', 'deny_bind', 'a.b'];

it.each([
  [['deny_open'], ['deny_open']],
  [['deny_open*'], ['deny_open', 'deny_openat2']],
  [
    ['*bind', 'a?b'],
    ['deny_bind', 'a.b'],
  ],
  [['deny_[!o]*'], ['deny_bind']],
  [['*'], names],
  [['a.?'], ['a.b']],
  [['deny'], []],
])('%j', (patterns, found) => {
  expect(names.filter(isOneOf(patterns))).toEqual(found);
});

it('no patterns at all are for every name', () => {
  expect(names.filter(isOneOf(null))).toEqual(names);
});
