// SPDX-License-Identifier: Apache-2.0
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';

/** Milliseconds after which a program that goes on has started: one that cannot says so at once. */
const settled = 1000;

/** Starts a program of the user's that outlives this one. False where there is none, or it ends with an error at once. */
export async function startDetached(file: string, args: readonly string[]): Promise<boolean> {
  const child = execa(file, args, { detached: true, cleanup: false, stdio: 'ignore', reject: false });
  const ended = child.then(({ exitCode }) => exitCode === 0);
  child.unref();
  return Promise.race([ended, setTimeout(settled, true)]);
}
