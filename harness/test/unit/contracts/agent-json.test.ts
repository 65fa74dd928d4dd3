// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { parseAgentJson } from '../../../model/agent-json.js';

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

it('reads what an agent writes, brackets in texts included', () => {
  expect(parseAgentJson(nested(64))).toBeTruthy();
  const brackets = { text: '["\\[{'.repeat(200), list: [{ of: [] }, {}] };
  expect(parseAgentJson(JSON.stringify(brackets))).toEqual(brackets);
  expect(Object.keys(parseAgentJson('{"__proto__":{"toString":1}}') as object)).toEqual(['__proto__']);
});

it.each([
  ['one level more', nested(65)],
  ['three million brackets', '['.repeat(3_000_000)],
  ['as many that end again', nested(500_000)],
])('refuses %s, as what is no JSON', (_, text) => {
  expect(() => parseAgentJson(text)).toThrow(SyntaxError);
});

it('takes no longer for a text that never ends', () => {
  const started = performance.now();
  expect(() => parseAgentJson(`"${String.raw`\"`.repeat(2_000_000)}`)).toThrow(SyntaxError);
  expect(performance.now() - started).toBeLessThan(5000);
});
