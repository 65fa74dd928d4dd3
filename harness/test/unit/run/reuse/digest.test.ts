// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataDigest } from '../../../../run/reuse/digest.js';

describe('the same data', () => {
  it.each<[string, unknown, unknown]>([
    ['fields in another order', { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['items of a set in another order', new Set(['a', 'b']), new Set(['b', 'a'])],
    [
      'entries of a map in another order',
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
      new Map([
        ['b', 2],
        ['a', 1],
      ]),
    ],
    ['a field that is undefined', { a: 1, b: undefined }, { a: 1 }],
    ['bytes, whatever holds them', Buffer.from('abc'), new Uint8Array([97, 98, 99])],
  ])('%s', (_, one, other) => {
    expect(dataDigest(one)).toBe(dataDigest(other));
  });
});

describe('other data', () => {
  it.each<[string, unknown, unknown]>([
    ['items of a list in another order', ['a', 'b'], ['b', 'a']],
    ['a number and its text', 1, '1'],
    ['nothing and a word', null, 'null'],
    ['0 and -0', 0, -0],
    ['a list and a set', ['a'], new Set(['a'])],
    ['a list that looks like a pattern', ['pattern', 'a', ''], /a/],
    ['patterns with other flags', /a/, /a/i],
    ['a map and an object', new Map([['a', 1]]), { a: 1 }],
    ['an empty object and an empty list', {}, []],
    ['one more level', [['a'], 'b'], [['a', 'b']]],
    ['bytes', Buffer.from('abc'), Buffer.from('abd')],
  ])('%s', (_, one, other) => {
    expect(dataDigest(one)).not.toBe(dataDigest(other));
  });

  it('of any JSON: one value has one digest, and two have two', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const same = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
        // JSON does not tell 0 from -0.
        fc.pre(!JSON.stringify([one, other]).includes('0') || same);
        expect(dataDigest(one) === dataDigest(other)).toBe(same);
      }),
    );
  });
});

describe('no data', () => {
  it.each<[string, unknown, string]>([
    ['a function', { a: { b: () => 1 } }, '.a.b is a function, no data'],
    ['a symbol', [Symbol('x')], '.0 is symbol, no data'],
    ['an object of a class', { a: new Date(0) }, '.a is no plain object'],
  ])('%s is refused by its place', (_, value, message) => {
    expect(() => dataDigest(value)).toThrow(message);
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
