// SPDX-License-Identifier: Apache-2.0
import { hashBytes } from '../../kernels/cache/hash.js';

/**
 * SHA-256 over data, lower-case hex: the same for the same data, whatever the order of its fields and of the items of its
 * sets, and another one for any other data. A field that is undefined is as one that is not there. Throws TypeError for
 * what is no data: what a function does, no hash of it can say.
 */
export function dataDigest(value: unknown): string {
  return hashBytes(JSON.stringify(canonical(value, '')));
}

/** As JSON in which each kind of value says what it is. `at`: where in the whole it stands, for the error. */
function canonical(value: unknown, at: string): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number')
    return Object.is(value, -0) || !Number.isFinite(value) ? ['number', String(value)] : value;
  if (typeof value === 'object') return tagged(value, at);
  throw new TypeError(`${at || 'the value'} is ${typeof value === 'function' ? 'a function' : typeof value}, no data`);
}

function tagged(value: object, at: string): unknown {
  const inner = (one: unknown, key: string | number): unknown => canonical(one, `${at}.${key}`);
  if (Array.isArray(value)) return ['array', ...value.map(inner)];
  if (value instanceof Uint8Array) return ['bytes', hashBytes(value)];
  if (value instanceof RegExp) return ['pattern', value.source, value.flags];
  if (value instanceof Set) return ['set', ...[...value].map((one, index) => JSON.stringify(inner(one, index))).sort()];
  if (value instanceof Map) {
    const entries = [...value].map(([key, one], index) => JSON.stringify([inner(key, index), inner(one, index)]));
    return ['map', ...entries.sort()];
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`${at || 'the value'} is no plain object`);
  const fields = Object.entries(value).filter(([, one]) => one !== undefined);
  return ['fields', ...fields.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, inner(one, key)])];
}
