// SPDX-License-Identifier: Apache-2.0
import { rmSync } from 'node:fs';
import { dir } from 'tmp-promise';

const doomed = new Set<string>();
let hooked = false;

/** Removes `path`, whatever it holds, when the process exits in any way but SIGKILL. Returns what calls it off. */
export function removeAtExit(path: string): () => void {
  if (!hooked) {
    hooked = true;
    process.on('exit', () => {
      for (const victim of doomed) rmSync(victim, { recursive: true, force: true });
    });
  }
  doomed.add(path);
  return () => doomed.delete(path);
}

/** Gives `work` a fresh temporary folder and removes it afterwards, whatever ends the work. */
export async function withScratchFolder<T>(label: string, work: (folder: string) => Promise<T>): Promise<T> {
  const { path, cleanup } = await dir({ prefix: `bpf-matrix-${label}`, unsafeCleanup: true });
  const settled = removeAtExit(path);
  try {
    return await work(path);
  } finally {
    await cleanup();
    settled();
  }
}
