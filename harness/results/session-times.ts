// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { z } from 'zod';
import { type SessionTimes, withTimes } from '../model/session-answer.js';
import { writeFileAtomic } from '../proc/atomic.js';
import { parsedJson } from '../proc/json.js';
import { readRegularText } from '../proc/regular-file.js';

/** In the tool's cache. */
export const sessionTimesName = 'times.json';

const schema = z.strictObject({
  schema: z.literal(1),
  ms: z.record(z.string(), z.record(z.string(), z.number().nonnegative())),
});

/** Bytes; of a thousand kernels they are fewer. */
const limit = 4 * 2 ** 20;

/** What sessions took when they were last asked on this host. Nothing where that is unknown: it is an estimate's basis alone. */
export async function readSessionTimes(cacheDir: string): Promise<SessionTimes> {
  const text = await readRegularText(join(cacheDir, sessionTimesName), limit).catch(() => '');
  const read = schema.safeParse(parsedJson(text));
  if (!read.success) return new Map();
  return new Map(Object.entries(read.data.ms).map(([kernel, ms]) => [kernel, new Map(Object.entries(ms))]));
}

/** With what was measured since; whole or not at all. Of two runs at the same time the later one stays. */
export async function writeSessionTimes(cacheDir: string, measured: SessionTimes): Promise<void> {
  const known = withTimes(await readSessionTimes(cacheDir), measured);
  const ms = Object.fromEntries([...known].map(([kernel, own]) => [kernel, Object.fromEntries(own)]));
  await writeFileAtomic(join(cacheDir, sessionTimesName), `${JSON.stringify({ schema: 1, ms })}\n`);
}
