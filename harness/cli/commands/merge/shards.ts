// SPDX-License-Identifier: Apache-2.0
import { InfraError, UsageError } from '../../../model/errors.js';
import type { ShardPlan } from '../../../model/shard.js';
import { readRunFrame, type RunFrame } from '../../../results/run-frame.js';
import { checkShardFiles, readShardBlob, type ShardBlob, shardFolders } from '../../../results/shard-blob.js';
import { shareText } from '../../sharing.js';

/** A shard that is there, whole. */
export interface StoredShard {
  readonly dir: string;
  readonly blob: ShardBlob;
  readonly frame: RunFrame;
}

export type Shards = readonly [StoredShard, ...StoredShard[]];

/**
 * Every shard of one run, in their order.
 * @throws UsageError for one that is there twice, damaged, or of another run; InfraError SHARD_INCOMPLETE for one that is lost.
 */
export async function allShards(dirs: readonly string[]): Promise<Shards> {
  const found: { readonly dir: string; readonly blob: ShardBlob }[] = [];
  for (const dir of await shardFolders(dirs)) {
    const blob = await readShardBlob(dir);
    if (blob !== null) found.push({ dir, blob });
  }
  const [first] = found;
  if (first === undefined) throw noShards(dirs);
  for (const other of found) checkSame(first, other);
  checkOnce(found);
  checkAll(found, first.blob.plan);
  const shards: StoredShard[] = [];
  for (const { dir, blob } of [...found].sort((a, b) => a.blob.index - b.blob.index)) {
    await checkShardFiles(dir, blob);
    shards.push({ dir, blob, frame: await readRunFrame(dir) });
  }
  return shards as unknown as Shards;
}

type Found = Pick<StoredShard, 'dir' | 'blob'>;

const noShards = (dirs: readonly string[]): UsageError =>
  new UsageError({
    message: `no shard in ${dirs.join(', ')}`,
    next: 'name the folders that runs with --shard have written, or the folder that they are in',
  });

/** Shards of two runs have answers that nobody has asked together. */
function checkSame(first: Found, other: Found): void {
  const difference = differenceOf(first.blob, other.blob);
  if (difference === null) return;
  throw new UsageError({
    message: `${other.dir} is no shard of the run of ${first.dir}: ${difference}`,
    next: 'merge shards of one run: the same program, command line, configuration and files in each',
  });
}

function differenceOf(one: ShardBlob, other: ShardBlob): string | null {
  const differ = (what: string, a: string, b: string): string => `${what}: ${b} there, ${a} here`;
  if (one.plan.total !== other.plan.total) {
    return differ('--shard', `one of ${one.plan.total}`, `one of ${other.plan.total}`);
  }
  const names = new Set([...Object.keys(one.plan.asked), ...Object.keys(other.plan.asked)]);
  for (const name of names) {
    const [a = 'none', b = 'none'] = [one.plan.asked[name], other.plan.asked[name]];
    if (a !== b) return differ(name, short(a), short(b));
  }
  const isCutTheSame = JSON.stringify(one.plan.units) === JSON.stringify(other.plan.units);
  if (!isCutTheSame) return 'it was cut otherwise: with other --shard-times';
  return one.run === other.run ? null : differ('the run', one.run ?? 'none is named', other.run ?? 'none is named');
}

const short = (text: string): string => (text === '' ? 'none' : text.length > 120 ? `${text.slice(0, 120)}...` : text);

function checkOnce(found: readonly Found[]): void {
  for (const { dir, blob } of found) {
    const twin = found.find((other) => other.dir !== dir && other.blob.index === blob.index);
    if (twin === undefined) continue;
    throw new UsageError({
      message: `shard ${blob.index} of ${blob.plan.total} is there twice: ${dir}, ${twin.dir}`,
      next: 'name the one that counts, or empty the folder before each run',
    });
  }
}

function checkAll(found: readonly Found[], { total, units }: ShardPlan): void {
  const indexes = Array.from({ length: total }, (_, index) => index + 1);
  const lost = indexes.filter((index) => !found.some(({ blob }) => blob.index === index));
  if (lost.length === 0) return;
  const what = lost.map((index) => {
    const own = units.filter(({ shard }) => shard === index);
    return `shard ${index} of ${total} is missing (${own.length === 0 ? 'it had nothing to do' : shareText(own)})`;
  });
  throw new InfraError('SHARD_INCOMPLETE', {
    message: what.join('; '),
    next: 'look how its process ended, and run it again; the reports of the others are in their folders',
  });
}
