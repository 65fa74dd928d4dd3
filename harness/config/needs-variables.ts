// SPDX-License-Identifier: Apache-2.0
import { UsageError } from '../model/errors.js';
import { nearestNames } from '../model/near-names.js';
import type { VariableNeeds } from '../model/needs.js';
import { type VariableSymbol, elfVariables } from './elf-symbols.js';
import type { VariableConfig } from './needs-schema.js';

/**
 * Values for global variables of an object, as bytes. What a variable is like is taken from its size: its symbol says no more.
 * @throws UsageError for a variable that is not there, and a value that does not fit.
 */
export function variableNeeds(
  bytes: Buffer,
  values: Readonly<Record<string, VariableConfig>>,
  place: string,
  file: string,
): readonly VariableNeeds[] {
  const symbols = elfVariables(bytes);
  return Object.entries(values).map(([name, value]) => {
    const found = symbols.filter((symbol) => symbol.name === name);
    const [symbol] = found;
    if (symbol === undefined || found.length > 1) throw notOne(`${place}.${name}`, file, name, found, symbols);
    const { section, offset } = symbol;
    const hex = bytesOf(value, symbol, `${place}.${name}`).toString('hex');
    return { name, section, offset, value: typeof value === 'object' ? `0x${value.hex}` : JSON.stringify(value), hex };
  });
}

function notOne(
  place: string,
  file: string,
  name: string,
  found: readonly VariableSymbol[],
  symbols: readonly VariableSymbol[],
): UsageError {
  if (found.length > 1) {
    return new UsageError({
      message: `${place}: ${file} has ${found.length} variables ${name}`,
      next: 'static variables of one name cannot be told apart: rename one, or make it global',
    });
  }
  const names = symbols.map((symbol) => symbol.name);
  const near = nearestNames(name, names);
  const listed =
    names.length === 0 ? 'it has none in .rodata, .data or .bss' : `it has ${names.slice(0, 12).join(', ')}`;
  return new UsageError({
    message: `${place}: ${file} has no global variable ${name}`,
    next: near.length > 0 ? `did you mean ${near.join(' or ')}?` : listed,
  });
}

function bytesOf(value: VariableConfig, { size }: VariableSymbol, place: string): Buffer {
  switch (typeof value) {
    case 'number':
      return numberBytes(value, size, place);
    case 'boolean':
      if (size === 1) return Buffer.from([value ? 1 : 0]);
      throw unfit(place, `true and false are one byte, and the variable has ${size}`, 'give a number');
    case 'string': {
      const text = Buffer.from(`${value}\0`, 'utf8');
      if (text.length <= size) return Buffer.concat([text, Buffer.alloc(size - text.length)]);
      throw unfit(place, `the string has ${text.length} bytes with its NUL, the variable ${size}`, 'shorten it');
    }
    default: {
      const data = Buffer.from(value.hex, 'hex');
      if (data.length === size) return data;
      throw unfit(
        place,
        `${data.length} bytes of hex, and the variable has ${size}`,
        'give all of its bytes, the first one first',
      );
    }
  }
}

/** Little-endian, signed where it is negative. */
function numberBytes(value: number, size: number, place: string): Buffer {
  if (![1, 2, 4, 8].includes(size)) {
    throw unfit(place, `a number for a variable of ${size} bytes`, 'give its bytes: {"hex": "00ff..."}');
  }
  const bits = BigInt(8 * size);
  const number = BigInt(value);
  if (number >= 1n << bits || number < -(1n << (bits - 1n))) {
    throw unfit(
      place,
      `${value} does not fit into ${size} bytes`,
      'give a smaller one, or its bytes: {"hex": "00ff..."}',
    );
  }
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, number));
  return bytes.subarray(0, size);
}

const unfit = (place: string, message: string, next: string): UsageError =>
  new UsageError({ message: `${place}: ${message}`, next });
