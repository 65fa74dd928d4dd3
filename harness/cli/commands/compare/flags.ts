// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import type { ExitCode } from '../../../model/exit-code.js';
import { collectOption, withKernelFlags } from '../../common-flags.js';
import { type LoadFlags, withLoadFlags } from '../../loader-flags.js';
import type { CliContext } from '../../context.js';

/** What commander hands over for `compare`. */
export interface CompareFlags extends LoadFlags {
  readonly clang?: readonly string[];
}

const help = `
The first object is what the others are held against. Programs are the same when their names are. --json prints
compare.json.

Examples:
  $ npm run matrix -- compare old.bpf.o new.bpf.o
  $ npm run matrix -- compare -k 6.1,6.12 --clang 16,19
  $ npm run matrix -- compare -k 6.1,6.12,6.17 build/variants/layout_barrier.bpf.o build/variants/layout_ternary.bpf.o

Exit codes:
  0    every program that loads in the first object loads in the others
  1    one does not, on some kernel; or nothing loads at all
  2    usage; nothing was booted
  3    infrastructure, or a kernel could not be had; nothing was lost
  130  interrupted
`;

/** `compare A.bpf.o B.bpf.o [...]`. */
export function compareCommand(cli: CliContext, exit: (code: ExitCode) => void): Command {
  const command = new Command('compare')
    .description('load several objects in each kernel and show what the others lose against the first')
    .argument('[objects...]', 'BPF objects, two or more; what is in force first')
    .option(
      '--clang <versions>',
      'compare what these compilers make of our own object: 16,19; repeatable',
      collectOption,
    );
  return withLoadFlags(withKernelFlags(command))
    .addHelpText('after', help)
    .action(async (files: string[], flags: CompareFlags) => {
      const { runCompareCommand } = await import('./compare.js');
      exit(await runCompareCommand(files, flags, cli));
    });
}
