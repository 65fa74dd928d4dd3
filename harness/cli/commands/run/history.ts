// SPDX-License-Identifier: Apache-2.0
import { access, constants, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UsageError } from '../../../model/errors.js';
import { ensureFolder } from '../../../proc/folders.js';
import { historyName } from '../../../results/history.js';
import { HistoryRecorder } from '../../../run/history/recorder.js';
import { cannotWrite, isInside } from '../../writable.js';
import type { RunFlags } from './flags.js';

const option = '--history';

/** None where nothing is run. */
export async function historyFromFlags({ history, list, out }: RunFlags): Promise<HistoryRecorder | null> {
  return history === undefined || list === true ? null : openHistory(history, out);
}

/** @throws UsageError where no line could be appended, before anything boots and not after an hour. */
export async function openHistory(folder: string, out: string): Promise<HistoryRecorder> {
  if (isInside(folder, out)) {
    throw new UsageError({
      message: `${option} ${folder}: the report folder is replaced as a whole when the run has ended`,
      next: 'name a folder outside of --out',
    });
  }
  const file = join(folder, historyName);
  try {
    await ensureFolder(resolve(folder));
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    const found = await stat(file).catch(() => null);
    if (found !== null) await access(file, constants.R_OK | constants.W_OK);
    if (found?.isFile() === false)
      throw new UsageError({ message: `${option}: ${file} is no regular file`, next: 'name another folder' });
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw cannotWrite(`${option} ${folder} cannot be written`, 'name another folder', cause);
  }
  return new HistoryRecorder(folder);
}
