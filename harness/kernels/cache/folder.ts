// SPDX-License-Identifier: Apache-2.0
import { chmod, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** The tool's cache: `$XDG_CACHE_HOME/bpf-matrix`, `~/.cache/bpf-matrix` without. A relative value is ignored (XDG). */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env['XDG_CACHE_HOME'];
  return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), '.cache'), 'bpf-matrix');
}

/** Nobody but its owner looks into it. One that belongs to somebody else, or may only be read, stays as it is. */
export async function closeCache(cacheDir: string): Promise<void> {
  const info = await stat(cacheDir).catch(() => null);
  if (info?.isDirectory() !== true || info.uid !== process.getuid?.() || (info.mode & 0o077) === 0) return;
  await chmod(cacheDir, 0o700).catch(() => undefined);
}

/** What Node has compiled of this program, below the cache. */
export const codeFolder = 'code';
