// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import type { ExitCode } from '../../../model/exit-code.js';
import { type OutputFlags, withOutputFlags } from '../../common-flags.js';
import type { CliContext } from '../../context.js';

/** What commander hands over for `judge`. */
export interface JudgeFlags extends OutputFlags {
  readonly out?: string;
}

const help = `
A finished run stores what every kernel answered in the folder evidence of its report. judge reads it, passes the same
verdicts again and writes every report anew, byte for byte; nothing boots. It compares with the baseline as it was then.

Examples:
  $ npm run matrix -- judge reports/latest                 judge again, in place
  $ npm run matrix -- judge old-run --out reports/judged   leave the old report as it is

Exit codes: as the run's own; 2 for a folder without evidence, or with damaged evidence
`;

/** `judge`. */
export function judgeCommandOf(cli: CliContext, exit: (code: ExitCode) => void): Command {
  const command = new Command('judge')
    .description('pass the verdicts of a finished run again from its stored evidence (docs/evidence.md)')
    .argument('<dir>', 'report folder of a finished run')
    .option('--out <dir>', 'report folder to write (default: the same, replaced as a whole)');
  return withOutputFlags(command)
    .addHelpText('after', help)
    .action(async (dir: string, flags: JudgeFlags) => {
      const { runJudgeCommand } = await import('./judge.js');
      exit(await runJudgeCommand(dir, flags, cli));
    });
}
