// SPDX-License-Identifier: Apache-2.0
/**
 * Evidence as JSON: a Map is `{"$map": [[key, value], ...]}`, bytes are `{"$bytes": "base64"}`, all else is as JSON has
 * it. Keys that begin with `$`, of an agent's JSON, get one more.
 */
export function encodeEvidence(value: unknown): unknown {
  if (value instanceof Map) return { $map: [...value].map(([key, entry]) => [key as unknown, encodeEvidence(entry)]) };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(encodeEvidence);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key.replace(/^\$/, '$$$$'), encodeEvidence(field)]),
  );
}

/** The other way round. */
export function decodeEvidence(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decodeEvidence);
  if (typeof value !== 'object' || value === null) return value;
  if ('$bytes' in value) return Buffer.from(String(value.$bytes), 'base64');
  if ('$map' in value && Array.isArray(value.$map)) {
    const entries = value.$map as readonly (readonly [unknown, unknown])[];
    return new Map(entries.map(([key, entry]) => [key, decodeEvidence(entry)]));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key.replace(/^\$\$/, '$$'), decodeEvidence(field)]),
  );
}
