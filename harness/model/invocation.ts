// SPDX-License-Identifier: Apache-2.0

/**
 * The words that start this program again, for hints: in a checkout through npm, which builds what has changed; where it is
 * installed as a package, as the program that npm put there.
 */
export const invocation = invocationAt(import.meta.url);

export function invocationAt(url: string): string {
  return url.includes('/node_modules/') ? 'npx bpf-matrix' : 'npm run matrix --';
}
