// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../kernels/package-root.js';
import type { PageAssets } from './document.js';

/** A page, by the program that shows it: of a run, or of a trend. */
export type PageProgram = 'page' | 'trend';

/** What `rolldown.page.config.js` has made of page/. Throws where nothing was built. */
export async function builtPageAssets(program: PageProgram = 'page', root = packageRoot()): Promise<PageAssets> {
  const read = (name: string): Promise<string> => readFile(join(root, 'dist/harness/page', name), 'utf8');
  const [script, style] = await Promise.all([read(`${program}.js`), read('page.css')]);
  return { script, style };
}
