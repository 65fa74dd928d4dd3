// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { pageParts } from '../fixtures/html.js';
import { timeless } from './timeless.js';
import { type Finished, kernelOf, matrix, reportOf, variant } from './matrix.js';

/** A hundred were run by hand for docs/snapshots.md: BPF_MATRIX_WARM_RUNS=100. */
const runs = Number(process.env['BPF_MATRIX_WARM_RUNS'] ?? '5');
const kernel = '7.2';

const warm = (...more: string[]): Promise<Finished> =>
  matrix(['--kernel', kernel, '--only', 'load', '--accel', 'tcg', ...more]);

describe('warm runs of one kernel', () => {
  it(`give ${runs} reports that differ in nothing but times`, async () => {
    // Keeps the snapshot, where there is none; a small object is enough for that.
    await warm('--object', variant('healthy'));
    const first = await contentOf(await warm());
    for (let run = 2; run <= runs; run++) expect(await contentOf(await warm()), `run ${run}`).toEqual(first);
  });
});

/** Every file of a report without its times; all of it from a restored guest. */
async function contentOf(run: Finished): Promise<Readonly<Record<string, unknown>>> {
  expect(run.exitCode).toBe(0);
  const report = kernelOf(await reportOf(run), kernel);
  expect(report.status === 'ran' ? report.boot.start : report).toBe('restored');
  const items = await readdir(run.out, { recursive: true, withFileTypes: true });
  const paths = items.filter((item) => item.isFile()).map((item) => join(item.parentPath, item.name));
  const contents = paths
    .sort()
    .map(async (path) => [path.slice(run.out.length), withoutTimes(path, await readFile(path))]);
  return Object.fromEntries((await Promise.all(contents)) as [string, unknown][]);
}

function withoutTimes(path: string, bytes: Buffer): unknown {
  if (path.endsWith('.jsonl.gz')) {
    const lines = gunzipSync(bytes).toString().trimEnd().split('\n');
    return lines.map((line) => timeless(JSON.parse(masked(path, line))));
  }
  const text = bytes.toString();
  if (path.endsWith('.html')) return pageParts(text).map((part) => masked(path, part));
  return path.endsWith('.json') ? timeless(JSON.parse(text)) : masked(path, text);
}

/** Times as the files of a report have them. */
function masked(path: string, text: string): string {
  if (path.endsWith('.csv')) return text.replace(/^((?:[^,]*,){3})\d+/gm, '$1TIME');
  return (
    text
      .replace(/ (time|timestamp)="[^"]*"/g, ' $1="TIME"')
      .replace(/verification time \d+ usec/g, 'verification time TIME')
      // The length of a log that begins with its time; the log itself is compared.
      .replace(/"logBytes":\d+/g, '"logBytes":0')
      .replace(/\b\d+(\.\d+)? (ms|s|min)\b/g, 'TIME')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
      .replace(/^\[ *\d+\.\d+\]/gm, '[TIME]')
  );
}
