// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readSessionTimes, sessionTimesName, writeSessionTimes } from '../../../results/session-times.js';

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'session-times-'));
});
afterEach(() => rm(cache, { recursive: true, force: true }));

it('keeps what was measured last of each session, and what was not asked this time', async () => {
  await writeSessionTimes(
    cache,
    new Map([
      [
        '6.1',
        new Map([
          ['load', 8000],
          ['lsm', 30_000],
        ]),
      ],
    ]),
  );
  await writeSessionTimes(
    cache,
    new Map([
      ['6.1', new Map([['load', 9000]])],
      ['6.12', new Map([['load', 1]])],
    ]),
  );
  const times = await readSessionTimes(cache);
  expect(times.get('6.1')).toEqual(
    new Map([
      ['load', 9000],
      ['lsm', 30_000],
    ]),
  );
  expect(times.get('6.12')).toEqual(new Map([['load', 1]]));
});

it.each(['', '{', '[]', '{"schema":2,"ms":{}}', '{"schema":1,"ms":{"6.1":{"load":"long"}}}'])(
  'knows nothing where the file has %j, and is written anew',
  async (text) => {
    await writeFile(join(cache, sessionTimesName), text);
    expect(await readSessionTimes(cache)).toEqual(new Map());
    await writeSessionTimes(cache, new Map([['6.1', new Map([['load', 1]])]]));
    expect((await readSessionTimes(cache)).size).toBe(1);
  },
);
