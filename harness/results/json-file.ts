// SPDX-License-Identifier: Apache-2.0
import { readdir } from 'node:fs/promises';
import { UsageError } from '../model/errors.js';
import { describeJsonFault } from '../proc/json.js';
import { readRegularText } from '../proc/regular-file.js';

/**
 * What a file has as JSON. `what` is put before the reason where it is none: `no manifest`.
 * @throws UsageError naming the file, with this next step.
 */
export async function readJsonFile(path: string, next: string, what?: string): Promise<unknown> {
  let text: string | null = null;
  try {
    text = await readRegularText(path);
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const why = text === null ? describeUnread(cause as Error, what) : `not JSON: ${describeJsonFault(text)}`;
    throw new UsageError({ message: `${path}: ${what === undefined ? '' : `${what}: `}${why}`, next, cause });
  }
}

const describeUnread = ({ message }: Error, what: string | undefined): string =>
  what === undefined ? `cannot be read (${message})` : message;

/**
 * Names of the files of JSON in a folder of a baseline, sorted, without those that are hidden; null where there is no such
 * folder.
 * @throws UsageError naming the folder.
 */
export async function baselineNames(folder: string): Promise<readonly string[] | null> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json') && !name.startsWith('.')).sort();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new UsageError({
      message: `${folder}: the baseline cannot be read (${code ?? 'unknown error'})`,
      next: 'name a folder of manifests with --baseline',
      cause,
    });
  }
}
