// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { everyScenario, scenarioFilter } from '../../../plan/scenario-filter.js';

it.each([
  ['*rename*', 'rename away', true],
  ['*rename*', 'a policy', false],
  ['rename', 'rename away', false],
  ['RENAME*', 'rename away', true],
  ['open(2) for reading', 'open(2) for reading', true],
  ['open(2) for reading', 'open2 for reading', false],
  ['open??', 'openat', true],
  ['open??', 'openat2', false],
  ['a.c', 'abc', false],
])('%s, asked about %s: %s', (glob, name, wanted) => {
  expect(scenarioFilter([glob])(name)).toBe(wanted);
});

it('wants whatever one of several patterns matches, and everything without any', () => {
  const filter = scenarioFilter(['a*', 'b*']);
  expect(['an open', 'a bind', 'bind', 'connect'].map(filter)).toEqual([true, true, true, false]);
  expect(scenarioFilter(undefined)).toBe(everyScenario);
});
