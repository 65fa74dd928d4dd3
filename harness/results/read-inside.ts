// SPDX-License-Identifier: Apache-2.0
import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { readRegularFile } from '../proc/regular-file.js';

/**
 * A file of a report folder, by a path that stands in its report; null where there is none. A report may come from
 * somewhere else: a path that leads out of the folder, by its words or by a link, leads nowhere.
 */
export async function readInside(folder: string, path: string): Promise<Buffer | null> {
  try {
    const [root, file] = await Promise.all([realpath(folder), realpath(join(folder, path))]);
    return file.startsWith(`${root}${sep}`) ? await readRegularFile(file) : null;
  } catch {
    return null;
  }
}
