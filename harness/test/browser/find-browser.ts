// SPDX-License-Identifier: Apache-2.0
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** Names under which distributions have a Chromium. */
const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** The first of them in PATH. Throws where there is none: a page that nobody could read has not been tested. */
export function findBrowser(path = process.env['PATH'] ?? ''): string {
  const folders = path.split(':').filter((folder) => folder !== '');
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
  if (found !== undefined) return found;
  throw new Error(`no browser: none of ${names.join(', ')} is in PATH; scripts/bootstrap test installs chromium`);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
