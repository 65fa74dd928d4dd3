// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import type { Sources } from './exports.js';

/** Files below a folder of the repository, by their paths from its root. */
export function filesBelow(folder: string, wanted: (path: string) => boolean): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .filter(wanted)
    .sort();
}

/** The TypeScript below a folder. */
export function sourcesBelow(folder: string): Sources {
  return new Map(filesBelow(folder, (path) => path.endsWith('.ts')).map((path) => [path, readFileSync(path, 'utf8')]));
}
