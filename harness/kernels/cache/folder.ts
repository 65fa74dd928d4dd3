// SPDX-License-Identifier: Apache-2.0
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** The tool's cache: `$XDG_CACHE_HOME/bpf-matrix`, `~/.cache/bpf-matrix` without. A relative value is ignored (XDG). */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env['XDG_CACHE_HOME'];
  return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), '.cache'), 'bpf-matrix');
}

/** What Node has compiled of this program, below the cache. */
export const codeFolder = 'code';
