// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { btfHash } from '../../../run/btf-memo.js';

const image = 'a'.repeat(64);
const hash = { size: 5, sha256: 'b'.repeat(64) };
let cache: string;
let asked: number;
const of = (image_ = image, folder = cache, answer: typeof hash | null = hash) =>
  btfHash(image_, folder, () => {
    asked += 1;
    return Promise.resolve(answer);
  });

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'btf-memo-'));
  asked = 0;
});
afterEach(() => rm(cache, { recursive: true }));

it('is asked once for each image', async () => {
  expect([await of(), await of(), asked]).toEqual([hash, hash, 1]);
  await of('c'.repeat(64));
  expect([asked, (await readdir(join(cache, 'btf'))).length]).toEqual([2, 2]);
});

it('is known of a kernel without BTF, too', async () => {
  expect([await of(image, cache, null), await of(image, cache, null), asked]).toEqual([null, null, 1]);
});

it.each(['', '{', '{"size":5}', '{"size":5,"sha256":"short"}', '{"size":-0.5,"sha256":"' + 'b'.repeat(64) + '"}'])(
  'is asked again where the file says %s',
  async (text) => {
    await of();
    await writeFile(join(cache, 'btf', `${image}.json`), text);
    expect([await of(), await of(), asked]).toEqual([hash, hash, 2]);
  },
);

it('is asked where nothing can be kept', async () => {
  const file = join(cache, 'file');
  await writeFile(file, '');
  expect([await of(image, file), await of(image, file), asked]).toEqual([hash, hash, 2]);
});
