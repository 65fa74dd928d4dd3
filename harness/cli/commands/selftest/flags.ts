// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import type { ExitCode } from '../../../model/exit-code.js';
import { collectOption, type CommonFlags, withKernelFlags, withMachineFlags } from '../../common-flags.js';
import type { CliContext } from '../../context.js';

/** What commander hands over for `selftest`. */
export interface SelftestFlags extends CommonFlags {
  readonly fault?: readonly string[];
  readonly timeout: string;
}

const help = `
Faulty agents and objects, each with one bug that a real one could have, run on a real kernel. Every one must be
caught with its code and with nothing else; the healthy one must raise none.

Examples:
  $ npm run matrix -- selftest                              all faults on 6.12
  $ npm run matrix -- selftest --fault bare-hooks,crash
  $ npm run matrix -- selftest --kernel 6.1,6.17

Exit codes: 0 when all came out as they should, 1 when not, 3 when a kernel could not be had.
`;

/** `selftest`. */
export function selftestCommand(cli: CliContext, exit: (code: ExitCode) => void): Command {
  const command = new Command('selftest').description('plant faults and show that each is caught');
  withMachineFlags(withKernelFlags(command))
    .option('--fault <names>', 'only these, several with commas; repeatable', collectOption)
    .option('--timeout <time>', 'deadline for one virtual machine', '10m')
    .addHelpText('after', help)
    .action(async (flags: SelftestFlags) => {
      const { runSelftestCommand } = await import('./selftest.js');
      exit(await runSelftestCommand(flags, cli));
    });
  return command;
}
