// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { readRegularText } from '../../proc/regular-file.js';
import { parsedJson } from '../../proc/json.js';

const schema = z.object({ session: z.string().regex(/^[0-9a-f]{64}$/) });

/**
 * SHA-256 over the code that carries out sessions, lower-case hex, as the bundler wrote it beside the program
 * (scripts/session-code.js). Null for a program that was not bundled.
 */
export async function sessionCode(): Promise<string | null> {
  const text = await readRegularText(fileURLToPath(new URL('./code.json', import.meta.url))).catch(() => '');
  const read = schema.safeParse(parsedJson(text));
  return read.success ? read.data.session : null;
}
