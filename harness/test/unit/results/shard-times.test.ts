// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { UsageError } from '../../../model/errors.js';
import { readShardTimes, ShardTimes, writeShardTimes } from '../../../results/shard-times.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shard-times-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const measured = [
  { kernel: '6.12', session: 'lsm', seconds: 67 },
  { kernel: '6.1', session: 'lsm', seconds: 50 },
  { kernel: '7.2', session: 'lsm', seconds: 90 },
  { kernel: '6.12', session: 'load', seconds: 4 },
];

it('knows what was measured, and of another kernel the median', () => {
  const times = new ShardTimes().with(measured);
  expect(times.of({ kernel: '7.2', session: 'lsm' })).toBe(90);
  expect(times.of({ kernel: '5.10', session: 'lsm' })).toBe(67);
  expect(times.of({ kernel: '6.1', session: 'load' })).toBe(4);
  expect(times.of({ kernel: '6.1', session: 'no-lsm' })).toBeNull();
});

it('is written sorted, is read back, and keeps what was not measured again', async () => {
  const path = join(folder, 'times.json');
  await writeShardTimes(path, new ShardTimes().with(measured));
  const text = await readFile(path, 'utf8');
  expect(JSON.parse(text)).toEqual({
    schema: 1,
    seconds: { '6.1': { lsm: 50 }, '6.12': { load: 4, lsm: 67 }, '7.2': { lsm: 90 } },
  });
  expect(text.indexOf('"load"')).toBeLessThan(text.indexOf('"lsm": 67'));
  const again = (await readShardTimes(path)).with([{ kernel: '6.1', session: 'lsm', seconds: 51 }]);
  expect([again.of({ kernel: '6.1', session: 'lsm' }), again.of({ kernel: '6.12', session: 'load' })]).toEqual([51, 4]);
});

it.each([
  ['no file', null, /cannot be read \(ENOENT\)/],
  ['no JSON', '{"schema": 1,}', /not JSON: line 1, column 14/],
  ['another version', '{"schema": 2, "seconds": {}}', /at schema/],
  ['no time', '{"schema": 1, "seconds": {"6.1": {"lsm": 0}}}', /at seconds\.6\.1\.lsm/],
])('refuses %s, with its place', async (_, text, why) => {
  const path = join(folder, 'times.json');
  if (text !== null) await writeFile(path, text);
  await expect(readShardTimes(path)).rejects.toThrow(why);
  await expect(readShardTimes(path)).rejects.toThrow(UsageError);
});
