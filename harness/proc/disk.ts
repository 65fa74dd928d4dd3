// SPDX-License-Identifier: Apache-2.0
import { statfs } from 'node:fs/promises';

/** The free space of the file system that `folder` is on, for people: `12.3 MiB free`. */
export async function freeSpace(folder: string): Promise<string> {
  return statfs(folder).then(
    (fs) => `${((fs.bavail * fs.bsize) / 2 ** 20).toFixed(1)} MiB free`,
    () => 'free space unknown',
  );
}
