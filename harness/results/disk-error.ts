// SPDX-License-Identifier: Apache-2.0
import { dirname, resolve } from 'node:path';
import { InfraError } from '../model/errors.js';
import { freeSpace } from '../proc/disk.js';

const full = new Set(['ENOSPC', 'EDQUOT']);

/** A full disk under the report folder said as what it is; every other error as it came. */
export async function diskError(error: unknown, out: string): Promise<unknown> {
  if (!full.has((error as NodeJS.ErrnoException | null)?.code ?? '')) return error;
  const free = await freeSpace(dirname(resolve(out)));
  return new InfraError('HARNESS', {
    message: `results: no space left for the report at ${out} (${free})`,
    next: 'make room there, or name another folder with --out; the report that was there before is untouched',
    cause: error,
  });
}
