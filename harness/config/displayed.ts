// SPDX-License-Identifier: Apache-2.0
import { relative, resolve } from 'node:path';

/** Paths below the working folder are shown relative to it. */
export function displayedPath(file: string): string {
  const path = relative(process.cwd(), resolve(file));
  return path.startsWith('..') ? file : path;
}
