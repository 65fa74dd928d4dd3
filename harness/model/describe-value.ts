// SPDX-License-Identifier: Apache-2.0
/** A value of somebody's JSON for a person: texts as they are, lists with commas, objects as their fields. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return value === '' ? 'an empty text' : clipped(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : clipped(value.map(describeValue).join(', '));
  if (typeof value === 'object') return clipped(describeFields(value as Readonly<Record<string, unknown>>));
  return String(value as number | boolean);
}

/** `type block, action BLOCK, path /t/file/secret`. */
export function describeFields(fields: Readonly<Record<string, unknown>>): string {
  const all = Object.entries(fields).map(([name, value]) => `${name} ${describeValue(value)}`);
  return all.length === 0 ? 'no fields' : all.join(', ');
}

const longest = 200;

function clipped(text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 3)}...` : text;
}
