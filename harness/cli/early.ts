// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { cacheFolder, codeFolder } from '../kernels/cache/folder.js';

/** Since Node 22.1; answers with a status and does not throw when the folder cannot be written. */
interface CompileCache {
  readonly enableCompileCache?: (folder: string) => unknown;
}

/** What Node has to know before it reads the rest of the program. */
export function prepareNode(argv: readonly string[], env: NodeJS.ProcessEnv): void {
  // Reading the maps takes longer than reading the program; only stacks need them.
  if (argv.includes('--debug')) process.setSourceMapsEnabled(true);
  // Node asks forever for a folder that cannot be made below /proc or its like; a first run makes ours.
  const cache = cacheFolder(env);
  if (existsSync(cache)) (module as CompileCache).enableCompileCache?.(join(cache, codeFolder));
}
