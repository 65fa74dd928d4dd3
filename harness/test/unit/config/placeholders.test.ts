// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { expandPlaceholders, placeholdersOf, unknownPlaceholder } from '../../../config/placeholders.js';
import { conventions } from '../../../contracts/registry.js';

const placeholders = placeholdersOf(conventions[0]);

const values = { mode: '--enforce', signal: '', policy: '/aegis/p {mode}', toString: 'x' };

describe('expand', () => {
  it('puts in every value, more than one in a word', () => {
    expect(expandPlaceholders(['run', '{mode}', '{mode}={policy}'], values)).toEqual([
      'run',
      '--enforce',
      '--enforce=/aegis/p {mode}',
    ]);
  });

  it('leaves out a word that comes out empty, and keeps one that only holds an empty value', () => {
    expect(expandPlaceholders(['{signal}', '{signal}{signal}', '--signal={signal}', ''], values)).toEqual([
      '--signal=',
    ]);
  });

  it('leaves alone what is no placeholder, and what has no value', () => {
    const words = ['{"mode": 1}', '{}', '{ mode }', '{window}', '{constructor}', '$1 $& {mode', '{1}'];
    expect(expandPlaceholders(words, values)).toEqual(words);
  });

  it('does not read a value as a pattern', () => {
    expect(expandPlaceholders(['{mode}'], { mode: '$&$1' })).toEqual(['$&$1']);
  });
});

describe('unknownPlaceholder', () => {
  it('knows all of them', () => {
    expect(unknownPlaceholder(placeholders.map((name) => `{${name}}`).join(''), placeholders)).toBeNull();
  });

  it('names the first that is unknown', () => {
    expect(unknownPlaceholder('{mode} {polcy} {nope}', placeholders)).toBe('{polcy}');
    expect(unknownPlaceholder('{toString}', placeholders)).toBe('{toString}');
  });
});
