// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import { foreignTarget } from '../../../target.js';
import type { ExitCode } from '../../../model/exit-code.js';
import { archOption, collectOption } from '../../common-flags.js';
import type { CliContext } from '../../context.js';

/** What commander hands over for `doctor`. */
export interface DoctorFlags {
  readonly kernel?: readonly string[];
  readonly arch?: string;
  readonly out: string;
  readonly config?: string;
  readonly json?: true;
}

const help = `
Looks, and changes nothing: no package is installed, no kernel fetched, nothing built. Archives are asked for their
indexes, and where a kernel is in the cache it is booted once to prove KVM. What is slow does not fail.

Examples:
  $ npm run matrix -- doctor
  $ npm run matrix -- doctor --kernel 6.1,6.12        only these have to be had
  $ npm run matrix -- doctor --kernel 6.12/${foreignTarget.name}      and what guests of that architecture need
  $ npm run matrix -- doctor --json | jq '.checks[] | select(.state != "ok")'

Exit codes: 0 all that runs need is here, 2 usage or configuration, 3 something is missing, 130 interrupted.
`;

/** `doctor`. */
export function doctorCommand(cli: CliContext, exit: (code: ExitCode) => void): Command {
  return new Command('doctor')
    .description('what this host can do, and what is missing, each with its next step')
    .option('-k, --kernel <ids>', 'kernels that have to be had, as for run (default: default)', collectOption)
    .addOption(archOption())
    .option('--out <dir>', 'report folder whose disk is looked at', 'reports/latest')
    .option('--config <file>', 'configuration file, for its archives (default: matrix.config.json, where there is one)')
    .option('--json', 'as JSON')
    .addHelpText('after', help)
    .action(async (flags: DoctorFlags) => {
      const { doctor } = await import('./doctor.js');
      exit(await doctor(flags, cli));
    });
}
