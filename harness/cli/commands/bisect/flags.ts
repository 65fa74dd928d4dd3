// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import { foreignTarget } from '../../../target.js';
import type { ExitCode } from '../../../model/exit-code.js';
import { type LoadFlags, withLoadFlags } from '../../loader-flags.js';
import { archOption } from '../../common-flags.js';
import type { CliContext } from '../../context.js';

/** What commander hands over for `bisect`. */
export interface BisectFlags extends LoadFlags {
  readonly program: string;
  readonly from: string;
  readonly to: string;
  readonly all?: true;
}

const help = `
Asks the first and the last point release of each series that Debian's archive offers, then the middle between
neighbours that differ, until no release is left in between. A verdict may flip more than once; two flips inside one
series that cancel out are found with --all alone. A verdict is \`loads\` or the failure code.

Examples:
  $ npm run matrix -- bisect build/aegis.bpf.o --program aegis_socket_connect
  $ npm run matrix -- bisect my.bpf.o -p my_prog --from 6.12.43 --to 6.12 --all
  $ npm run matrix -- bisect my.bpf.o -p my_prog --arch ${foreignTarget.name} --from 6.1 --to 6.12

Exit codes:
  0    the program loads on every release that was asked
  1    it is rejected on one, so that it flips or never loads
  2    usage; nothing was booted
  3    infrastructure, or a release could not be had; nothing was rejected
  130  interrupted
`;

/** `bisect OBJECT --program P`. */
export function bisectCommand(cli: CliContext, exit: (code: ExitCode) => void): Command {
  const command = new Command('bisect')
    .description('find the point releases of the kernel between which the verdict on a program flips')
    .argument('<object>', 'BPF object')
    .requiredOption('-p, --program <name>', 'program of the object')
    .option('--from <version>', 'oldest release: 6.1, or 6.12.43', '6.1')
    .option('--to <version>', 'newest release; 6.17 is every 6.17.x', '6.17')
    .option('--all', 'ask every release that is offered')
    .addOption(archOption());
  return withLoadFlags(command)
    .addHelpText('after', help)
    .action(async (file: string, flags: BisectFlags) => {
      const { runBisectCommand } = await import('./bisect.js');
      exit(await runBisectCommand(file, flags, cli));
    });
}
