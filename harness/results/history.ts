// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../model/errors.js';
import { type HistoryLine, historySchema } from '../model/history.js';
import { ensureFolder } from '../proc/folders.js';
import { describeJsonFault, parsedJson } from '../proc/json.js';
import { readRegularText } from '../proc/regular-file.js';
import { fittedLine, historyLineSchema } from './history-line.js';
import { describeSchemaIssues } from './issues.js';

/** The history of a folder, a line a run. */
export const historyName = 'history.jsonl';

/** A line that says nothing here; all others are read. */
export interface HistoryFault {
  /** `FILE:LINE`. */
  readonly place: string;
  readonly what: string;
}

export interface History {
  /** In the order of the file. */
  readonly lines: readonly HistoryLine[];
  readonly faults: readonly HistoryFault[];
}

/** Bytes: some thousand runs. */
const limit = 256 * 2 ** 20;

/**
 * All runs of a history; none where there is no file. @throws UsageError for one that cannot be read as a whole.
 */
export async function readHistory(folder: string): Promise<History> {
  const path = join(folder, historyName);
  const text = await readRegularText(path, limit).catch((cause: unknown) => {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return '';
    throw new UsageError({
      message: `${path} cannot be read (${code})`,
      next: 'name the folder that --history wrote, or move a history that has grown too large out of the way',
      cause,
    });
  });
  const read = text.split('\n').map((line, index) => readLine(line, `${path}:${index + 1}`));
  return { lines: read.flatMap(({ line }) => line ?? []), faults: read.flatMap(({ fault }) => fault ?? []) };
}

interface ReadLine {
  readonly line?: HistoryLine;
  readonly fault?: HistoryFault;
}

function readLine(text: string, place: string): ReadLine {
  if (text.trim() === '') return {};
  const value = parsedJson(text);
  if (value === undefined) return { fault: { place, what: `it is torn, or no JSON: ${describeJsonFault(text)}` } };
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
  if (typeof schema === 'number' && schema > historySchema)
    return {
      fault: { place, what: `it was written by a newer version (schema ${schema}, this one knows ${historySchema})` },
    };
  const read = historyLineSchema.safeParse(value);
  return read.success ? { line: read.data } : { fault: { place, what: describeSchemaIssues(read.error, value) } };
}

/**
 * Appends one line by one write, so that of two runs at the same time neither is lost. A line that an earlier run could not
 * finish is left as it is, and ended first. Throws what the file system says; a full disk may leave a torn line.
 */
export async function appendHistory(folder: string, line: HistoryLine): Promise<void> {
  await ensureFolder(folder);
  const file = await openForAppending(join(folder, historyName));
  try {
    const bytes = Buffer.from(`${(await endsTorn(file)) ? '\n' : ''}${fittedLine(line)}\n`);
    const { bytesWritten } = await file.write(bytes);
    if (bytesWritten < bytes.length)
      throw new Error(`the disk took ${bytesWritten} of ${bytes.length} bytes; the line is torn, and readers skip it`);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Never a FIFO or a device, which would be waited for. */
async function openForAppending(path: string): Promise<FileHandle> {
  const found = await stat(path).catch(() => null);
  if (found !== null && !found.isFile()) throw new Error(`${path} is no regular file`);
  const { O_RDWR, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
  return open(path, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK, 0o644);
}

async function endsTorn(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== 0x0a;
}
