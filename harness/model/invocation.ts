// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';

/**
 * The words that start this program again, for hints. In a checkout through npm, which builds what has changed; from
 * another folder, where npm would not find it, by the script that npm calls; installed as a package, by the program
 * that npm put there.
 */
export const invocation = invocationAt(import.meta.url, workingFolder() ?? '');

/** The folder that this process was started in; null when it is gone. */
export function workingFolder(): string | null {
  try {
    return process.cwd();
  } catch {
    return null;
  }
}

export function invocationAt(url: string, cwd: string): string {
  const [root = '', rest] = fileURLToPath(url).split(/\/(?:dist\/)?harness\//);
  if (root.includes('/node_modules/') || rest === undefined) return 'npx bpf-matrix';
  return root === cwd ? 'npm run matrix --' : `${root}/scripts/matrix`;
}

/** Is this a package that npm put in place, and no checkout. */
export const isInstalled = invocation.startsWith('npx ');

/** A text that was written for a checkout, with the words that work here. */
export function withInvocation(text: string, words = invocation): string {
  return text
    .replaceAll(/npm run (?:--silent )?matrix --/g, words)
    .replaceAll(/npm run bench(?: --)?/g, `${words} bench`);
}
