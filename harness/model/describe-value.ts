// SPDX-License-Identifier: Apache-2.0

/** A value of somebody's JSON in a sentence: `"attached"`, `true`, `a list`; never raw JSON. */
export function describeJsonValue(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'missing';
    case 'number':
    case 'boolean':
      return String(value);
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? 'a list' : 'an object';
    default:
      return JSON.stringify(value);
  }
}
