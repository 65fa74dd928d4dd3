// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { formatDuration, shortCompiler } from '../../../report/views/format.js';
import { terminalPalette } from '../../../report/views/page.js';
import { oneLine } from '../../../report/views/text.js';
import { clipText, padText, textWidth } from '../../../report/views/width.js';

describe('text of others', () => {
  it.each([
    ['\u001b[1;31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007rest', 'rest'],
    ['\u001b]8;;http://x\u001b\\link', 'link'],
    ['\u001b[2J\u001b[Hgone', 'gone'],
    ['\u001b', '\\x1b'],
    ['a\r\nb\tc\r', 'a b c'],
    ['nul\u0000 bell\u0007 del\u007f', 'nul\\x00 bell\\x07 del\\x7f'],
    ['c1 \u009b31m', 'c1 \\x9b31m'],
    ['reversed \u202e', 'reversed \\u202e'],
    ['lone \ud800 and \udfff', 'lone \\ud800 and \\udfff'],
    ['pair \u{1f600}', 'pair \u{1f600}'],
  ])('%j becomes %j', (text, expected) => {
    expect(oneLine(text)).toBe(expected);
  });

  it('is measured in columns', () => {
    expect([textWidth('abc'), textWidth('日本'), textWidth('e\u0301'), textWidth('\u{1f600}')]).toEqual([3, 4, 1, 2]);
    expect(['abc', '日本'].map((text) => textWidth(`\u001b[1m\u001b[31m${text}\u001b[39m\u001b[22m`))).toEqual([3, 4]);
  });

  it('is cut and filled to columns, never over', () => {
    expect(clipText('abcdef', 5)).toBe('ab...');
    expect(clipText('abcdef', 6)).toBe('abcdef');
    expect(clipText('abcdef', 2)).toBe('..');
    expect(clipText('abcdef', 0)).toBe('');
    expect(clipText('日本語日本語', 6)).toBe('日...');
    expect(padText('日本', 6)).toBe('日本  ');
  });
});

describe('colours', () => {
  const red = (isTTY: boolean, env: Record<string, string>): boolean =>
    terminalPalette({ isTTY }, env).tones.bad('x') !== 'x';

  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [false, { FORCE_COLOR: '1' }, true],
    [false, { FORCE_COLOR: '' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    [true, { TERM: 'dumb' }, false],
  ])('terminal %j, %j: %j', (isTTY, env, expected) => {
    expect(red(isTTY, env)).toBe(expected);
  });
});

it('durations read like durations', () => {
  expect([0, 412, 12_345, 99_949, 99_950, 185_000].map(formatDuration)).toEqual([
    '0.0 s',
    '0.4 s',
    '12.3 s',
    '99.9 s',
    '1 min 40 s',
    '3 min 05 s',
  ]);
});

it('a compiler is its name and version', () => {
  const of = (compiler: string | null): string => shortCompiler({ compiler });
  expect(of('Debian clang version 19.1.7 (3~deb12u1)')).toBe('clang 19.1.7');
  expect(of('GCC: (Debian 14.2.0-1) 14.2.0')).toBe('GCC 14.2.0');
  expect(of('mystery 3')).toBe('mystery 3');
  expect(of(null)).toBe('compiler unknown');
});
