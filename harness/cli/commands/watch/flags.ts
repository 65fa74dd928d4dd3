// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import type { ExitCode } from '../../../model/exit-code.js';
import { collectOption, type CommonFlags, withKernelFlags, withMachineFlags } from '../../common-flags.js';
import { type LoaderFlags, withLoaderFlags } from '../../loader-flags.js';
import type { CliContext } from '../../context.js';

/** What commander hands over for `watch`. */
export interface WatchFlags extends CommonFlags, LoaderFlags {
  readonly object?: readonly string[];
  readonly timeout: string;
}

const help = `
Builds and loads the object, then waits. Each save builds it anew and shows what that changed against the last run:
programs x kernels, programs lost and gained, new rejections with their source line, instructions. A save in the middle
starts anew; a source that does not compile shows the compiler's message, and the next save goes on from there.

What is built, and what counts as a save:
  our own object, and what lies in build/      make -C bpf, and every source that the compiler read
  with "watch" in matrix.config.json           its build command, its sources (docs/watch.md)
  any other --object FILE                      nothing is built; FILE itself is watched

Machines are booted ahead and wait, one a kernel; each is used once.

Examples:
  $ npm run matrix -- watch -k 6.1,6.12,6.17
  $ npm run matrix -- watch -k 6.12 --object build/variants/layout_barrier.bpf.o
  $ npm run matrix -- watch --json | jq -c 'select(.type == "step") | .step.change'

Exit codes:
  0    ended by Ctrl-C, whatever the last answer was: a watch has no verdict, run has
  2    usage or configuration; nothing was booted
  3    infrastructure, or no kernel could be had
  130  ended by SIGTERM or SIGHUP
`;

/** `watch`. */
export function watchCommand(cli: CliContext, exit: (code: ExitCode) => void): Command {
  const command = new Command('watch').description('build and load on every save, and show what the edit changed');
  withKernelFlags(command).option(
    '-o, --object <file>',
    'BPF object to watch instead of the configured one; repeatable',
    collectOption,
  );
  return withMachineFlags(withLoaderFlags(command), 'reports/watch')
    .option('--timeout <time>', 'deadline for the answers about one save: 90, 90s, 10m', '10m')
    .addHelpText('after', help)
    .action(async (flags: WatchFlags) => {
      const { runWatchCommand } = await import('./watch.js');
      exit(await runWatchCommand(flags, cli));
    });
}
