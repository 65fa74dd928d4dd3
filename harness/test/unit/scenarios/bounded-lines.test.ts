// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parseAgentJson } from '../../../model/agent-json.js';
import { boundedLines } from '../../../scenarios/bounded-lines.js';

describe('lines', () => {
  it.each([
    ['', []],
    ['unfinished', []],
    ['one\n', ['one']],
    ['one\n\ntwo\nunfinished', ['one', '', 'two']],
  ])('of %j are %j', (text, lines) => {
    expect(boundedLines(text)).toEqual(lines);
  });

  it('by the million are those of both ends', () => {
    const all = Array.from({ length: 300_000 }, (_, number) => String(number));
    const lines = boundedLines(`${all.join('\n')}\n`);
    expect(lines).toHaveLength(100_001);
    expect([lines[0], lines[49_999], lines.at(-1)]).toEqual(['0', '49999', '299999']);
    expect(lines[50_000]).toMatch(/^\[\d+ bytes left out\]$/);
    expect(lines.at(-50_000)).toBe('250000');
  });

  it('just at the limit are all', () => {
    const all = Array.from({ length: 100_000 }, (_, number) => String(number));
    expect(boundedLines(`${all.join('\n')}\n`)).toEqual(all);
  });
});

describe('JSON of an agent', () => {
  it('is read as JSON', () => {
    const value = { a: [{ b: '[[[{{{"' }], c: '\\' };
    expect(parseAgentJson(JSON.stringify(value))).toEqual(value);
    expect(() => parseAgentJson('{')).toThrow(SyntaxError);
  });

  it.each([
    ['three million brackets', '['.repeat(3_000_000)],
    ['objects in objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ])('with %s is refused at once', (_, text) => {
    expect(() => parseAgentJson(text)).toThrow('nested more than');
  });

  it('may have brackets in a string', () => {
    expect(parseAgentJson(JSON.stringify('['.repeat(1000)))).toHaveLength(1000);
  });
});
