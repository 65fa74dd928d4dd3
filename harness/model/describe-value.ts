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

/** The same where a text is expected: a text is itself. */
export function jsonText(value: unknown): string {
  return typeof value === 'string' ? value : describeJsonValue(value);
}

/** All fields of somebody's JSON: `type block, action BLOCK, path /t/file/secret`. Lists with commas. */
export function describeFields(fields: Readonly<Record<string, unknown>>): string {
  const all = Object.entries(fields).map(([name, value]) => `${name} ${plain(value)}`);
  return all.length === 0 ? 'no fields' : all.join(', ');
}

const longest = 200;

function plain(value: unknown): string {
  if (typeof value !== 'string' && !Array.isArray(value)) return describeJsonValue(value);
  const text = typeof value === 'string' ? value : value.map(plain).join(' and ');
  return text.length > longest ? `${text.slice(0, longest - 3)}...` : text;
}
