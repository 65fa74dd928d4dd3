// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import { type CacheKind, cacheKinds } from '../../../model/cache-kind.js';
import type { ExitCode } from '../../../model/exit-code.js';
import type { CliContext } from '../../context.js';

const help = `
Snapshots are guests that were frozen when they had booted; later runs start from them (docs/snapshots.md). Proofs are
answers of sessions that passed; a run takes them where nothing they depend on has changed (docs/reuse.md).
Nothing of it has to be kept: kernels are fetched again, all else is made again.

Examples:
  $ npm run matrix -- cache list
  $ npm run matrix -- cache clear --snapshots
  $ npm run matrix -- cache clear --all
`;

/** `cache list|clear`. */
export function cacheCommand(cli: CliContext, exit: (code: ExitCode) => void): Command {
  const group = new Command('cache').description('what is kept between runs: kernels, images, frozen guests, proofs');
  group.addHelpText('after', help);
  group
    .command('list')
    .description('everything in the cache, with its size and its last use')
    .option('--json', 'as JSON')
    .action(async ({ json }: { readonly json?: true }) => {
      const { printCacheList } = await import('./cache.js');
      exit(await printCacheList(cli, json === true));
    });
  const clear = group.command('clear').description('remove from the cache; what a running command uses stays');
  for (const kind of cacheKinds) clear.option(`--${kind}`, `all ${kind}`);
  clear
    .option('--all', 'all of it')
    .addHelpText('after', help)
    .action(async (flags: Readonly<Partial<Record<CacheKind | 'all', true>>>) => {
      const { clearCacheKinds } = await import('./cache.js');
      exit(await clearCacheKinds(cli, new Set(cacheKinds.filter((kind) => flags.all ?? flags[kind]))));
    });
  return group;
}
