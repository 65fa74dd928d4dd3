// SPDX-License-Identifier: Apache-2.0
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import { decodeEvidence, encodeEvidence } from '../../results/evidence-codec.js';
import { parsedJson } from '../../proc/json.js';

/** What an entry of the store says of itself. */
const aboutSchema = z.strictObject({
  /** The entry's own name: one that was moved to the place of another is none of that name. */
  key: z.string(),
  /** For people: `6.12, lsm.2`. */
  what: z.string(),
  /** ISO 8601, UTC: when its machine answered; of several, the first. */
  answered: z.iso.datetime(),
  /** What it has in common with sessions that differ from it in classes of scenarios alone. */
  base: z.string(),
  /** A digest for each class of scenarios. */
  classes: z.record(z.string(), z.string()),
});

export type ProvedAbout = Readonly<z.output<typeof aboutSchema>>;

/** Null for what was written by another version, or by nobody. */
export function readProvedAbout(value: unknown): ProvedAbout | null {
  const read = aboutSchema.safeParse(value);
  return read.success ? read.data : null;
}

/** Bytes of one session, unpacked: the largest of ours has 3 MiB. */
const limit = 256 * 2 ** 20;

/** Plain data, Maps and bytes, packed. */
export async function packSession(session: unknown): Promise<Buffer> {
  return promisify(gzip)(JSON.stringify(encodeEvidence(session)));
}

/** Throws for what was not packed by `packSession`, and for more than any session has. */
export async function unpackSession(bytes: Uint8Array): Promise<unknown> {
  const text = (await promisify<Uint8Array, object, Buffer>(gunzip)(bytes, { maxOutputLength: limit })).toString(
    'utf8',
  );
  const value = parsedJson(text);
  if (value === undefined) throw new Error('it is no JSON');
  return decodeEvidence(value);
}
