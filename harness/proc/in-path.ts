// SPDX-License-Identifier: Apache-2.0
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** The first program of a name in the folders of a PATH, and in `more` after them; null where there is none. */
export async function programInPath(name: string, path: string, more: readonly string[] = []): Promise<string | null> {
  for (const folder of [...path.split(delimiter), ...more].filter((one) => one !== '')) {
    const file = join(folder, name);
    if (await isProgramFile(file)) return file;
  }
  return null;
}

/** A folder may be executable too. */
async function isProgramFile(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
