// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from 'commander';
import { foreignTarget } from '../../../target.js';
import { measureIds } from '../../../model/bench.js';
import type { ExitCode } from '../../../model/exit-code.js';
import { collectOption, type CommonFlags, reporterOption, withKernelFlags } from '../../common-flags.js';
import type { CliContext } from '../../context.js';

/** What commander hands over for `bench`. */
export interface BenchFlags extends Pick<
  CommonFlags,
  'arch' | 'kernel' | 'kernelImage' | 'accel' | 'memory' | 'reporter' | 'json'
> {
  readonly rounds: string;
  readonly object?: string;
  readonly complete?: true;
  readonly measure?: readonly string[];
}

const help = `
Every measure is a whole process as a person starts it, taken once a round, the rounds one after the other; the median
counts. The floor is the same QEMU and kernel with an init that says one word and ends. "First verdict" is that of the
smallest object on the first kernel; whole runs load the configured object. What is not installed is not measured, and
reported as such. docs/performance.md explains how to read it.

Examples:
  $ npm run bench
  $ npm run bench -- -k 6.1,6.12,6.17 --rounds 5 --complete
  $ npm run bench -- -k 6.12,6.12/${foreignTarget.name} --complete --measure complete-one,complete-other
  $ npm run bench -- --measure floor,cold-first,warm-first --rounds 9
  $ npm run bench -- --json > bench.json

Exit codes: 0 measured, whatever came of it; 2 usage; 3 infrastructure; 130 interrupted.
`;

/** `bench`. */
export function benchCommand(cli: CliContext, exit: (code: ExitCode) => void): Command {
  return withKernelFlags(new Command('bench').description('measure boots, runs and what is around them'))
    .option('--rounds <n>', 'how often each measure is taken', '3')
    .option('-o, --object <file>', 'BPF object of whole runs instead of our own')
    .option('--measure <names>', `only these: ${measureIds.join(', ')}; repeatable`, collectOption)
    .option('--complete', 'also run every scenario, on one kernel and on three')
    .addOption(new Option('--accel <how>', 'as for run').default('auto').choices(['auto', 'kvm', 'tcg']))
    .option('--memory <MiB>', 'memory of one guest', '256')
    .addOption(reporterOption())
    .option('--json', 'print JSON on stdout, progress on stderr')
    .addHelpText('after', help)
    .action(async (flags: BenchFlags) => {
      const { runBenchCommand } = await import('./bench.js');
      exit(await runBenchCommand(flags, cli));
    });
}
