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

/** With JSX in it or without. */
export const isTypeScript = (path: string): boolean => /\.tsx?$/.test(path);

/** The TypeScript below a folder. */
export function sourcesBelow(folder: string): Sources {
  return new Map(filesBelow(folder, isTypeScript).map((path) => [path, readFileSync(path, 'utf8')]));
}
