// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { pageParts } from '../fixtures/html.js';
import { timeless } from './timeless.js';

/** Every file of a report folder by its path in it, without its times. */
export async function timelessFolder(out: string): Promise<Readonly<Record<string, unknown>>> {
  const items = await readdir(out, { recursive: true, withFileTypes: true });
  const paths = items.filter((item) => item.isFile()).map((item) => join(item.parentPath, item.name));
  const contents = paths.sort().map(async (path) => [path.slice(out.length), withoutTimes(path, await readFile(path))]);
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
      .replace(/(name="run\.seconds" value=)"[^"]*"/g, '$1"TIME"')
      .replace(/verification time \d+ usec/g, 'verification time TIME')
      // The length of a log that begins with its time; the log itself is compared.
      .replace(/"logBytes":\d+/g, '"logBytes":0')
      .replace(/\b(\d+ min )?\d+(\.\d+)? (ms|s)\b/g, 'TIME')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
      .replace(/^\[ *\d+\.\d+\]/gm, '[TIME]')
  );
}
