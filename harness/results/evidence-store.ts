// SPDX-License-Identifier: Apache-2.0
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { UsageError } from '../model/errors.js';
import type { KernelId } from '../model/kernel.js';
import { partialName } from '../proc/atomic.js';
import { decodeEvidence, encodeEvidence } from './evidence-codec.js';
import { completedResult } from './older-schema.js';
import { evidencePath } from './paths.js';
import type { KernelResult } from './session.js';

/**
 * Version of stored evidence. Raised when a field changes its meaning or goes, and when a verdict wants one that older
 * evidence does not have: 2 has what the guest found of types, symbols, maps and undefined externs.
 */
export const evidenceSchema = 2;

/**
 * Everything that one kernel was asked and answered, in `evidence/<kernel>.jsonl.gz`: a head with the version, one line
 * for each time the kernel was asked (`--repeat`), and an end that counts them, so that a file that was cut is noticed.
 */
export async function writeEvidence(out: string, kernel: KernelId, results: readonly KernelResult[]): Promise<void> {
  const path = join(out, evidencePath(kernel));
  const partial = partialName(path);
  await mkdir(dirname(path), { recursive: true });
  try {
    await pipeline(Readable.from(linesOf(kernel, results)), createGzip(), createWriteStream(partial, { mode: 0o644 }));
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

function* linesOf(kernel: KernelId, results: readonly KernelResult[]): Generator<string> {
  yield `${JSON.stringify({ schema: evidenceSchema, kernel })}\n`;
  for (const result of results) yield `${JSON.stringify({ result: encodeEvidence(result) })}\n`;
  yield `${JSON.stringify({ end: results.length })}\n`;
}

/**
 * What a kernel left, in the order in which it was asked.
 * @throws UsageError naming the file and what is wrong with it: missing, cut, damaged, of another version or kernel.
 */
export async function readEvidence(out: string, kernel: KernelId): Promise<readonly [KernelResult, ...KernelResult[]]> {
  const path = join(out, evidencePath(kernel));
  const [head, ...rest] = await readLines(path);
  if (head?.['schema'] !== evidenceSchema) {
    const found = head?.['schema'] === undefined ? 'no version' : `version ${JSON.stringify(head['schema'])}`;
    throw unusable(path, `evidence of ${found}; this bpf-matrix reads version ${evidenceSchema}`);
  }
  if (head['kernel'] !== kernel) throw unusable(path, `is about ${String(head['kernel'])}, by its name it is not`);
  const end = rest.pop();
  const [first, ...others] = rest.map((line) => completedResult(decodeEvidence(line['result'])) as KernelResult);
  if (end?.['end'] !== rest.length || first === undefined) throw unusable(path, 'it is cut short');
  return [first, ...others];
}

async function readLines(path: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const lines: Readonly<Record<string, unknown>>[] = [];
  const file = createReadStream(path);
  const text = createGunzip();
  const reading = pipeline(file, text);
  try {
    for await (const line of createInterface({ input: text, crlfDelay: Infinity })) {
      lines.push(JSON.parse(line) as Readonly<Record<string, unknown>>);
    }
    await reading;
    return lines;
  } catch (cause) {
    await reading.catch(() => undefined);
    throw unusable(path, (cause as Error).message, cause);
  } finally {
    file.destroy();
  }
}

function unusable(path: string, why: string, cause?: unknown): UsageError {
  return new UsageError({
    message: `${path}: ${why}`,
    next: 'name the folder of a finished run, whole as it was written; or run the matrix again',
    cause,
  });
}
