// SPDX-License-Identifier: Apache-2.0
import { rmSync } from 'node:fs';
import { access, constants, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InfraError, UsageError } from '../model/errors.js';

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

/** Throws UsageError where TMPDIR names no folder that can be written. */
export async function assertScratchPlace(): Promise<void> {
  try {
    if (!(await stat(tmpdir())).isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
    await access(tmpdir(), constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw noScratchFolder(cause);
  }
}

/**
 * Gives `work` a fresh temporary folder and removes it afterwards, whatever ends the work. Throws UsageError where
 * TMPDIR names no folder that can be written, InfraError where its disk is full.
 */
export async function withScratchFolder<T>(label: string, work: (folder: string) => Promise<T>): Promise<T> {
  const path = await mkdtemp(join(tmpdir(), `bpf-matrix-${label}-`)).catch((cause: unknown) => {
    throw noScratchFolder(cause);
  });
  const settled = removeAtExit(path);
  try {
    return await work(path);
  } finally {
    await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    settled();
  }
}

function noScratchFolder(cause: unknown): Error {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  const message = `no temporary folder can be made in ${tmpdir()} (${code})`;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new InfraError('HARNESS', { message, next: 'make room there, or set TMPDIR to another folder', cause });
  }
  return new UsageError({ message, next: 'set TMPDIR to a folder that can be written', cause });
}
