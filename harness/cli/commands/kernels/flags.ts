// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import type { ExitCode } from '../../../model/exit-code.js';
import { archOption, defaultBaseline } from '../../common-flags.js';
import type { CliContext } from '../../context.js';

/** The commands of the group. */
export type KernelsAction = 'list' | 'fetch' | 'update' | 'lock';

/** What commander hands over for `kernels`. */
export interface KernelsFlags {
  readonly config?: string;
  readonly arch?: string;
  readonly json?: boolean;
  readonly frozen?: boolean;
  /** Names with commas; true for all. */
  readonly flavour?: string | true;
  /** False: --no-snapshot. */
  readonly snapshot?: boolean;
  /** Of `lock`. */
  readonly from?: string;
  readonly baseline?: string;
}

/** `kernels list|fetch|update|lock`. */
export function kernelsCommand(cli: CliContext, exit: (code: ExitCode) => void): Command {
  const group = new Command('kernels').description('what can be booted, where it comes from, what is cached');
  const add = (name: KernelsAction, description: string): Command => {
    const command = new Command(name).description(description).option('--config <file>', 'configuration file');
    group.addCommand(command);
    return command.action(async (...args: unknown[]) => {
      // Commander passes the arguments, then the flags, then the command.
      const [words, flags] = args.length > 2 ? (args as [string[], KernelsFlags]) : [[], args[0] as KernelsFlags];
      const { runKernelsCommand } = await import('./kernels.js');
      exit(await runKernelsCommand(name, words, flags, cli));
    });
  };
  add('list', 'every kernel of the catalog: package, version, hash, suite, lock state, cached or not')
    .option('--flavour [names]', 'ask the archives which flavours of each they offer, for `--kernel ID/FLAVOUR`')
    .addOption(archOption("the host's, and what is locked of others"))
    .option('--json', 'as JSON');
  add('fetch', 'download and unpack kernels into the cache')
    .argument('[ids...]', 'ids, `default` or `all` (default: default)')
    .addOption(archOption())
    .option('--frozen', 'refuse a kernel whose locked version is gone');
  add('update', 'pin kernels to the newest packages of their series in kernels/lock.json')
    .argument('[ids...]', 'ids, `default` or `all` (default: all)')
    .addOption(archOption("the host's, and what is locked of others"))
    .option('--no-snapshot', 'do not ask the snapshot service whether it has them; a new entry gets no date');
  add('lock', 'pin the pending kernels of a finished run as they ran, and take their manifests into the baseline')
    .requiredOption('--from <dir>', 'report folder of the run, or a downloaded artifact of a workflow')
    .option('--baseline <dir>', 'folder of manifests', defaultBaseline);
  return group;
}
