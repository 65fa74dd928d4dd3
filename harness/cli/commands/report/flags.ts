// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import type { ExitCode } from '../../../model/exit-code.js';
import type { CliContext } from '../../context.js';

/** What commander hands over for `report`. */
export interface ReportFlags {
  readonly open?: true;
}

const help = `
Every run writes report.html into its report folder. report writes it anew, from run.json and the logs beside it: for a
folder of an older version, or one that was downloaded. It needs no network, and neither does the page.

Examples:
  $ npm run matrix -- report --open                   the last run, in a browser
  $ npm run matrix -- report old-run                  make old-run/report.html

Exit codes: 0 it is written, whatever the run came to; 2 for a folder without run.json, or with a damaged one
`;

/** `report`. */
export function reportCommand(cli: CliContext, exit: (code: ExitCode) => void): Command {
  return new Command('report')
    .description('make report.html of a finished run again, and show it (docs/reporters.md)')
    .argument('[dir]', 'report folder of a finished run', 'reports/latest')
    .option('--open', 'open it in a browser, where there is one')
    .addHelpText('after', help)
    .action(async (dir: string, flags: ReportFlags) => {
      const { runReportCommand } = await import('./report.js');
      exit(await runReportCommand(dir, flags, cli));
    });
}
