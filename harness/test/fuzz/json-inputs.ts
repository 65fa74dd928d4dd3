// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { mutatedText } from './inputs.js';

/** What stands in the place of a value, as JSON. */
const hostile = [
  ...[
    'null',
    'true',
    'false',
    '0',
    '-1',
    '1.5',
    '1e999',
    '9007199254740993',
    '""',
    '"x"',
    '[]',
    '{}',
    '[null]',
    '[[[[]]]]',
  ],
  ...['{"toString":1}', '{"valueOf":null,"toString":null}', '{"__proto__":{"toString":1}}', '{"constructor":1}'],
  ...[
    '{"then":1}',
    '{"toJSON":1}',
    '{"length":4294967295}',
    '["a","a"]',
    '{"$map":[1]}',
    '{"$bytes":{}}',
    '{"$map":{}}',
  ],
  ...['"\\u0000"', '"\\ud800"', '"\\u001b[2J"', '"::error::x"', '"__proto__"', '"toString"', '"hasOwnProperty"'],
  JSON.stringify('y'.repeat(400)),
  `${'['.repeat(60)}${']'.repeat(60)}`,
];

/** Keys that every object has, and one that none has. */
const keys = ['__proto__', 'toString', 'constructor', 'hasOwnProperty', 'then', '', 'x'.repeat(300)];

type Container = Record<string, unknown> | unknown[];

/** Every place of a value: what it is in, and its key there. */
function placesIn(value: unknown, found: (readonly [Container, string])[] = []): (readonly [Container, string])[] {
  if (typeof value !== 'object' || value === null) return found;
  for (const key of Object.keys(value)) {
    found.push([value as Container, key]);
    placesIn((value as Record<string, unknown>)[key], found);
  }
  return found;
}

function edit(root: unknown, place: number, kind: number, value: number): void {
  const places = placesIn(root);
  const chosen = places[place % places.length];
  if (chosen === undefined) return;
  const [container, key] = chosen as [Record<string, unknown>, string];
  const thing: unknown = JSON.parse(hostile[value % hostile.length] ?? 'null');
  if (kind === 0 && Array.isArray(container)) container.splice(Number(key), 1);
  else if (kind === 0) Reflect.deleteProperty(container, key);
  else if (kind === 1 && Array.isArray(container)) container.push(thing);
  else if (kind === 1) Reflect.defineProperty(container, keys[value % keys.length] ?? '', own(thing));
  else if (kind === 2) container[key] = [container[key], container[key]];
  else container[key] = thing;
}

function own(value: unknown): PropertyDescriptor {
  return { value, enumerable: true, configurable: true, writable: true };
}

/** Values of these, as JSON has them, with another value in one to three of their places. */
export function mutatedValues(seeds: readonly string[]): fc.Arbitrary<unknown> {
  const change = fc.tuple(fc.nat(), fc.nat(5), fc.nat());
  return fc
    .tuple(fc.nat(seeds.length - 1), fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([index, changes]) => {
      const root: unknown = JSON.parse(seeds[index] ?? 'null');
      for (const [place, kind, value] of changes) edit(root, place, kind, value);
      return root;
    });
}

/** Files that hold these: changed as text, or in what they say. */
export function mutatedJson(seeds: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    mutatedText(seeds),
    mutatedValues(seeds).map((value) => JSON.stringify(value)),
  );
}
