// SPDX-License-Identifier: Apache-2.0
import { cacheFolder } from '../../../kernels/index.js';
import { UsageError } from '../../../model/errors.js';
import { ExitCode } from '../../../model/exit-code.js';
import { type CacheKind, cacheKinds } from '../../../model/cache-kind.js';
import { tableSpan, tableLines } from '../../../report/views/table.js';
import { type CacheRow, clearCache, listCache } from '../../../run/cache.js';
import type { CliContext } from '../../context.js';

/** `cache list`. */
export async function printCacheList({ env, stdout }: CliContext, json: boolean): Promise<ExitCode> {
  const folder = cacheFolder(env);
  const rows = await listCache(folder);
  if (json) {
    stdout.write(`${JSON.stringify({ folder, rows }, null, 2)}\n`);
    return ExitCode.ok;
  }
  const cells = [['kind', 'size', 'last used', 'what'], ...rows.map(cellsOf)];
  const columns = stdout.isTTY ? stdout.columns : Number.POSITIVE_INFINITY;
  const table = tableLines(
    cells.map((row) => row.map((text) => tableSpan(text))),
    0,
    columns,
  );
  const total = mib(rows.reduce((sum, { size }) => sum + size, 0));
  stdout.write([...(rows.length === 0 ? [] : table), `${folder}: ${total}`].map((line) => `${line}\n`).join(''));
  return ExitCode.ok;
}

function cellsOf({ kind, size, used, what }: CacheRow): readonly string[] {
  return [kind.slice(0, -1), mib(size), new Date(used).toISOString().slice(0, 16).replace('T', ' '), what];
}

/** `cache clear`. */
export async function clearCacheKinds(
  { env, stdout, stderr }: CliContext,
  kinds: ReadonlySet<CacheKind>,
): Promise<ExitCode> {
  if (kinds.size === 0) {
    throw new UsageError({
      message: 'cache clear is not told what to remove',
      next: 'name --proofs, --snapshots, --images, --kernels, or --all',
    });
  }
  const { removed, kept } = await clearCache(cacheFolder(env), kinds);
  const freed = mib(removed.reduce((sum, { size }) => sum + size, 0));
  for (const kind of cacheKinds.filter((one) => kinds.has(one) && !kept.includes(one))) {
    stdout.write(`${kind}: ${removed.filter((row) => row.kind === kind).length} removed\n`);
  }
  for (const kind of kept) stderr.write(`${kind}: kept, another command is using them; clear them when it has ended\n`);
  stdout.write(`${freed} freed\n`);
  return kept.length === 0 ? ExitCode.ok : ExitCode.incomplete;
}

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
