// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { z } from 'zod';
import type { FileHash } from '../guest/files.js';
import { writeFileAtomic } from '../proc/atomic.js';
import { readRegularText } from '../proc/regular-file.js';
import { parsedJson } from '../proc/json.js';

/** What a kernel was asked for once: null for one without BTF. */
const schema = z.strictObject({ size: z.number().int(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }).nullable();

/** In the cache. */
export const btfFolder = 'btf';

/**
 * The hash of a kernel's BTF. It is a part of the image, whose hash is checked in every run, and a guest under TCG needs
 * 0.6 s for it: so it is asked of a guest once for each image. A file that cannot be read or written only costs the time.
 */
export async function btfHash(
  imageSha256: string,
  cacheDir: string,
  ask: () => Promise<FileHash | null>,
): Promise<FileHash | null> {
  const path = join(cacheDir, btfFolder, `${imageSha256}.json`);
  const known = schema.safeParse(parsedJson(await readRegularText(path).catch(() => '')));
  if (known.success) return known.data;
  const hash = await ask();
  await writeFileAtomic(path, `${JSON.stringify(hash)}\n`).catch(() => undefined);
  return hash;
}
