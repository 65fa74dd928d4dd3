// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Inputs of each property; a nightly run asks for more. */
export const fuzzRuns = Number(process.env['BPF_MATRIX_FUZZ_RUNS'] ?? 200_000);

/** The same inputs on every run of the tests; a nightly run draws others. */
const seed = Number(process.env['BPF_MATRIX_FUZZ_SEED'] ?? 1);

/** Milliseconds that a property may take in all. */
export const fuzzTimeout = Math.max(120_000, fuzzRuns);

/** Of files that no agent writes, and that take longer to read: a tenth. */
export const fewerRuns = Math.ceil(fuzzRuns / 10);

/** Throws with the smallest input that it found, and the seed, where the property throws for one. */
export function checkInputs<T>(inputs: fc.Arbitrary<T>, property: (input: T) => void, runs = fuzzRuns): void {
  const holds = fc.property(inputs, (input) => {
    property(input);
  });
  fc.assert(holds, { numRuns: runs, seed });
}

/** The same for a property that waits. */
export async function checkInputsInTurn<T>(
  inputs: fc.Arbitrary<T>,
  property: (input: T) => Promise<void>,
  runs = fuzzRuns,
): Promise<void> {
  await fc.assert(fc.asyncProperty(inputs, property), { numRuns: runs, seed });
}

/** A file of harness/test/fuzz/seeds, which came from a real run and was made smaller. */
export function seedFile(name: string): Buffer {
  return readFileSync(fileURLToPath(new URL(`seeds/${name}`, import.meta.url)));
}

/** A change of some bytes or characters: where, what kind, with what. Any numbers give one. */
type Edit = readonly [at: number, kind: number, value: number];

const edits = fc.array(fc.tuple(fc.nat(), fc.nat(6), fc.nat()), { minLength: 1, maxLength: 4 });

/** What counts are made of. */
const numbers = [0, 1, 7, 8, 0x7f, 0x80, 0xff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];

function editBytes(bytes: Buffer, [place, kind, value]: Edit, other: Buffer): Buffer {
  const at = bytes.length === 0 ? 0 : place % bytes.length;
  const until = Math.min(bytes.length, at + 1 + (value % 16));
  switch (kind) {
    case 0:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(until)]);
    case 1:
      return Buffer.concat([bytes.subarray(0, until), bytes.subarray(at)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), other.subarray(value % (other.length + 1))]);
    case 3:
      return bytes.subarray(0, at);
    case 4: {
      const changed = Buffer.from(bytes);
      if (changed.length >= at + 4) changed.writeUInt32LE(numbers[value % numbers.length] ?? 0, at);
      return changed;
    }
    default: {
      const changed = Buffer.from(bytes);
      if (changed.length > 0) changed[at] = value & 0xff;
      return changed;
    }
  }
}

/** Seeds with a few edits. */
export function mutatedBytes(seeds: readonly Buffer[]): fc.Arbitrary<Buffer> {
  return fc.tuple(fc.nat(seeds.length - 1), fc.nat(seeds.length - 1), edits).map(([index, otherIndex, changes]) => {
    const other = seeds[otherIndex] ?? Buffer.alloc(0);
    return changes.reduce((bytes, edit) => editBytes(bytes, edit, other), seeds[index] ?? Buffer.alloc(0));
  });
}

/** What has a meaning to somebody who reads text. */
const tokens = [
  ...[
    '\n',
    '\0',
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    ' ',
    '<',
    '&',
    ']]>',
    '\u{1b}[2J',
    '\u{2028}',
    '\ud800',
    'é',
  ],
  ...[
    'null',
    'true',
    '-1',
    '0',
    '1e999',
    '99999999999999999999',
    '__proto__',
    'constructor',
    '$map',
    '$bytes',
    '../',
    'R0=',
  ],
  'x'.repeat(300),
];

function editText(text: string, [place, kind, value]: Edit, other: string): string {
  const at = text.length === 0 ? 0 : place % text.length;
  const until = at + 1 + (value % 16);
  switch (kind) {
    case 0:
      return text.slice(0, at) + text.slice(until);
    case 1:
      return text.slice(0, until) + text.slice(at);
    case 2:
      return text.slice(0, at) + other.slice(value % (other.length + 1));
    case 3:
      return text.slice(0, at);
    case 4:
      return text.slice(0, at) + (tokens[value % tokens.length] ?? '') + text.slice(until);
    case 5:
      return text.slice(0, at) + (tokens[value % tokens.length] ?? '') + text.slice(at);
    default:
      return text.slice(0, at) + String.fromCharCode(value & 0x7f) + text.slice(at + 1);
  }
}

export function mutatedText(seeds: readonly string[]): fc.Arbitrary<string> {
  return fc.tuple(fc.nat(seeds.length - 1), fc.nat(seeds.length - 1), edits).map(([index, otherIndex, changes]) => {
    const other = seeds[otherIndex] ?? '';
    return changes.reduce((text, edit) => editText(text, edit, other), seeds[index] ?? '');
  });
}
