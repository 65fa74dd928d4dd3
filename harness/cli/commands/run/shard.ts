// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { parseShard } from '../../../config/shard.js';
import { UsageError } from '../../../model/errors.js';
import type { ShardPlace } from '../../../model/shard.js';
import { readShardTimes, ShardTimes } from '../../../results/shard-times.js';
import type { CliContext } from '../../context.js';
import type { Sharing } from '../../sharing.js';
import type { RunFlags } from './flags.js';

/** Where the shards of a run are, one beside the other, as `merge` takes them. */
const shardsFolder = 'reports/shards';

/**
 * What `--shard` asks for; null where it is not given.
 * @throws UsageError for flags that are about the whole run.
 */
export async function sharingFromFlags(
  { shard, shardTimes, failFast, update, history }: RunFlags,
  { env }: Pick<CliContext, 'env'>,
): Promise<Sharing | null> {
  if (shard === undefined) {
    if (shardTimes === undefined) return null;
    throw new UsageError({ message: '--shard-times is about how a run is shared out', next: 'add --shard 2/5' });
  }
  const choice = parseShard(shard, env);
  if (failFast === true) {
    throw new UsageError({
      message: '-x ends a run at its first failure, and a shard sees no other one fail',
      next: 'leave -x out; an engine may stop its jobs itself',
    });
  }
  if (update === true) {
    throw new UsageError({
      message: '--update makes a whole run the baseline, and a shard is a part of one',
      next: 'give it to merge: merge DIR... --update',
    });
  }
  if (history !== undefined) {
    throw new UsageError({
      message: '--history keeps a line a run, and a shard is a part of one',
      next: 'leave --history out; runs of shards are in no history yet',
    });
  }
  return { choice, times: shardTimes === undefined ? new ShardTimes() : await readShardTimes(shardTimes) };
}

/** The folder of a shard where none is named: two of them on one host must not replace each other. */
export function shardFolder({ index, total }: ShardPlace): string {
  return join(shardsFolder, `${index}-of-${total}`);
}
