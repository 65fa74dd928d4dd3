// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ConsoleLog } from '../../../boot/console.js';
import { unnamedTarget } from '../../../target.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'console-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('keeps both ends of a console that never ends, and little of it in memory', async () => {
  const source = new PassThrough();
  const path = join(folder, 'console.log');
  const seen: string[] = [];
  const log = new ConsoleLog(source, { path, target: unnamedTarget, before: null }, ({ type }) => seen.push(type));
  const before = process.memoryUsage.rss();
  const block = `${'x'.repeat(1023)}\n`.repeat(1024);
  source.write('first line\n');
  for (let mib = 0; mib < 200; mib++) if (!source.write(block)) await new Promise((done) => source.once('drain', done));
  source.end('[  9.0] Kernel panic - not syncing: last line\n');
  await finished(source);
  await log.close();
  const text = await readFile(path, 'latin1');
  expect(text.length).toBeLessThan(10 * 2 ** 20);
  expect(text).toMatch(/^first line\n/);
  expect(text).toMatch(/\n\[\d{9} bytes left out\]\n/);
  expect(text).toMatch(/last line\n$/);
  expect(seen).toContain('splat');
  expect(process.memoryUsage.rss() - before).toBeLessThan(150 * 2 ** 20);
});
