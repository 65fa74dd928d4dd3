// SPDX-License-Identifier: Apache-2.0
import type { ReadReportFile } from '../destination.js';
import { formatNumber } from '../views/format.js';
import { packedText } from './encode.js';
import type { PageData, PageLogRef } from './page-data.js';

/** A log in the page. */
export interface PackedLog {
  readonly path: string;
  /** gzip in base64. */
  readonly packed: string;
}

/** Of one log; the end is what says what went wrong. */
const logLimit = 512 * 1024;
/** Of all of them, packed: a page is sent by mail and opened on a telephone. */
const packedLimit = 1_750_000;

/** The logs that the page refers to, those of failures first. What is not there, or finds no room, stays a link to the file. */
export async function packedLogs(data: PageData, read: ReadReportFile): Promise<readonly PackedLog[]> {
  const logs: PackedLog[] = [];
  let room = packedLimit;
  for (const path of new Set(logRefs(data).map((ref) => ref.path))) {
    const bytes = await read(path);
    if (bytes === null || bytes.length === 0) continue;
    const packed = packedText(endOf(bytes, path));
    if (packed.length > room) continue;
    room -= packed.length;
    logs.push({ path, packed });
  }
  return logs;
}

function logRefs({ entries, kernels }: PageData): readonly PageLogRef[] {
  const blocks = [...entries, ...kernels].flatMap((one) => one.blocks);
  return blocks.filter((block) => block.kind === 'log');
}

function endOf(bytes: Buffer, path: string): string {
  const rest = bytes.length - logLimit;
  if (rest <= 0) return bytes.toString('utf8');
  const end = bytes.subarray(rest).toString('utf8');
  const whole = end.slice(end.indexOf('\n') + 1);
  return `... ${formatNumber(bytes.length - Buffer.byteLength(whole))} bytes before this are in ${path}\n${whole}`;
}
