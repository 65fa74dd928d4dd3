// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sharingFromFlags, shardFolder } from '../../../cli/commands/run/shard.js';
import type { RunFlags } from '../../../cli/commands/run/flags.js';
import { UsageError } from '../../../model/errors.js';
import { ShardTimes, writeShardTimes } from '../../../results/shard-times.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shard-flags-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const sharing = (flags: Partial<RunFlags>, env = {}): ReturnType<typeof sharingFromFlags> =>
  sharingFromFlags(flags as RunFlags, { env });

it('is the whole run where nobody asks for a shard, whatever an engine sets', async () => {
  expect(await sharing({}, { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '2' })).toBeNull();
});

it('is a shard by itself, or with times of earlier runs', async () => {
  const unit = { kernel: '6.1', session: 'lsm' };
  const path = join(folder, 'times.json');
  await writeShardTimes(path, new ShardTimes().with([{ ...unit, seconds: 70 }]));
  const found = [await sharing({ shard: '2/5' }), await sharing({ shard: '2/5', shardTimes: path })];
  expect(found.map((one) => one?.choice.place)).toEqual([
    { index: 2, total: 5 },
    { index: 2, total: 5 },
  ]);
  expect(found.map((one) => one?.times.of(unit))).toEqual([null, 70]);
  expect(shardFolder({ index: 2, total: 5 })).toBe('reports/shards/2-of-5');
});

it.each<[string, Partial<RunFlags>, RegExp]>([
  ['-x', { shard: '1/2', failFast: true }, /a shard sees no other one fail/],
  ['--update', { shard: '1/2', update: true }, /a shard is a part of one/],
  ['--history', { shard: '1/2', history: 'h' }, /a shard is a part of one/],
  ['times without a shard', { shardTimes: 'x' }, /--shard-times is about how a run is shared out/],
  ['times that are not there', { shard: '1/2', shardTimes: '/nowhere' }, /cannot be read \(ENOENT\)/],
  ['an engine that is none', { shard: 'auto' }, /no engine says which shard this is/],
])('refuses %s', async (_, flags, why) => {
  await expect(sharing(flags)).rejects.toThrow(why);
  await expect(sharing(flags)).rejects.toThrow(UsageError);
});
