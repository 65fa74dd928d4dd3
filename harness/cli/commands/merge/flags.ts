// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import type { ExitCode } from '../../../model/exit-code.js';
import { type OutputFlags, withOutputFlags } from '../../common-flags.js';
import type { CliContext } from '../../context.js';
import { exitHelp } from '../run/flags.js';

/** What commander hands over for `merge`. */
export interface MergeFlags extends OutputFlags {
  readonly out: string;
  readonly baseline?: string;
  readonly update?: true;
  readonly shardTimes?: string;
}

const help = `
Each process of a run that is shared out (--shard 2/5) leaves a report folder with its answers. merge joins the answers of
all of them, and judges and reports them as one run would have; nothing boots. A shard that is missing ends it with 3; one
that is there twice, damaged, of another version, command line, object or program with 2. Nothing is written then.

Examples:
  $ npm run matrix -- merge reports/shards             the folder that all of them are in
  $ npm run matrix -- merge a b c --out reports/merged
  $ npm run matrix -- merge reports/shards --update    make what they came to the baseline
  $ npm run matrix -- merge reports/shards --shard-times shards.json
                                                       keep what each session took, for the next run
${exitHelp}`;

/** `merge`. */
export function mergeCommand(cli: CliContext, exit: (code: ExitCode) => void): Command {
  const command = new Command('merge')
    .description('make one run of the shards that several processes did of it (docs/shards.md)')
    .argument('<dir...>', 'report folders of the shards, or the folder that they are in')
    .option('--out <dir>', 'report folder to write, replaced as a whole', 'reports/latest')
    .option('--baseline <dir>', 'hold the run against these manifests (default: as the shards were started with)')
    .option('--update', 'write the manifest of each kernel that ran completely into the baseline')
    .option('--shard-times <file>', 'write what each session took into this file, for --shard-times of the next run');
  return withOutputFlags(command)
    .addHelpText('after', help)
    .action(async (dirs: readonly string[], flags: MergeFlags) => {
      const { runMergeCommand } = await import('./merge.js');
      exit(await runMergeCommand(dirs, flags, cli));
    });
}
