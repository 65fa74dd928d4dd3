// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { readRegularText } from '../../proc/regular-file.js';
import { parsedJson } from '../../proc/json.js';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const schema = z.object({ session: hash, judge: hash });

/** As the bundler wrote it beside the program (scripts/session-code.js); null for a program that was not bundled. */
async function readCodeHashes(): Promise<z.output<typeof schema> | null> {
  const text = await readRegularText(fileURLToPath(new URL('./code.json', import.meta.url))).catch(() => '');
  const read = schema.safeParse(parsedJson(text));
  return read.success ? read.data : null;
}

let known: ReturnType<typeof readCodeHashes> | undefined;

/** Read once: a program that is built anew meanwhile is not the one that runs. */
const codeHashes = (): ReturnType<typeof readCodeHashes> => (known ??= readCodeHashes());

/** SHA-256 over the code that carries out sessions, lower-case hex; null where it is not known. */
export async function sessionCode(): Promise<string | null> {
  return (await codeHashes())?.session ?? null;
}

/** The same over that and the code that judges what they answer. */
export async function judgeCode(): Promise<string | null> {
  return (await codeHashes())?.judge ?? null;
}
