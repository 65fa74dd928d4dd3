// SPDX-License-Identifier: Apache-2.0
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Surface } from '../destination.js';

/**
 * A file as a CI system names it: relative to its checkout, with slashes. Null for one outside of it. A file of the
 * object's debug information is as the compiler was given it, which is from where the harness was started.
 */
export function workspacePath(file: string, { env, cwd }: Pick<Surface, 'env' | 'cwd'>): string | null {
  const { GITHUB_WORKSPACE: ofGithub, CI_PROJECT_DIR: ofGitlab } = env;
  const root = resolve(ofGithub ?? ofGitlab ?? cwd);
  const path = relative(root, resolve(cwd, file));
  const isInside = path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
  return isInside ? path.split(sep).join('/') : null;
}
