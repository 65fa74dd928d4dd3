// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import type { ExitCode } from '../../../model/exit-code.js';
import { collectOption, withKernelFlags } from '../../common-flags.js';
import { type LoadFlags, withLoadFlags } from '../../loader-flags.js';
import type { CliContext } from '../../context.js';
import { exitHelp, programFlag } from '../run/flags.js';

/** What commander hands over for `cost`. */
export interface CostFlags extends LoadFlags {
  readonly program?: readonly string[];
}

const help = `
Each program is loaded once more with the log of every instruction, which is counted while the kernel writes it. What the
lines add up to is the verifier's own total; where it is not, that is said. docs/cost.md has the columns.

Examples:
  $ npm run matrix -- cost -k 6.1,6.12 my.bpf.o
  $ npm run matrix -- cost -k 6.12 my.bpf.o --program my_prog
  $ npm run matrix -- compare old.bpf.o new.bpf.o      which lines grew
  $ npm run matrix -- report --open                    the source, annotated, kernels side by side
${exitHelp}`;

/** `cost [OBJECT...]`. */
export function costCommand(cli: CliContext, exit: (code: ExitCode) => void): Command {
  const command = new Command('cost')
    .description('show what the verifier of each kernel spends on each source line (docs/cost.md)')
    .argument('[objects...]', 'BPF objects (default: the configured one)')
    .option(
      `${programFlag} <globs>`,
      'only the programs with these names, or patterns for them; repeatable',
      collectOption,
    );
  return withLoadFlags(withKernelFlags(command))
    .addHelpText('after', help)
    .action(async (files: string[], flags: CostFlags) => {
      const { runMatrixCommand } = await import('../run/run.js');
      const object = files.length === 0 ? {} : { object: files };
      exit(await runMatrixCommand({ ...flags, ...object, only: ['load'], repeat: '1', cost: true }, cli));
    });
}
