// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import type { ExitCode } from '../../../model/exit-code.js';
import { collectOption } from '../../common-flags.js';
import type { CliContext } from '../../context.js';

/** What commander hands over for `trend`. */
export interface TrendFlags {
  readonly runs: string;
  readonly kernel?: readonly string[];
  readonly program?: readonly string[];
  readonly html?: string;
  readonly openmetrics?: string;
}

const help = `
DIR is what --history of run names. Times are compared only with runs on a host like that of the last one, in which the same
sessions were asked and none was reused; all others are named (docs/history.md).

Examples:
  $ npm run matrix -- --history perf                  a run, and a line of it in perf/history.jsonl
  $ npm run matrix -- trend perf                      the last 20 runs
  $ npm run matrix -- trend perf -n 100 --kernel 6.12 --program 'aegis/*'
  $ npm run matrix -- trend perf --html trend.html    the same as a page without network

Exit codes: 0 it is shown, whatever the runs came to; 2 for a history that cannot be read, or is empty
`;

/** `trend`. */
export function trendCommand(cli: CliContext, exit: (code: ExitCode) => void): Command {
  return new Command('trend')
    .description('what the last runs cost the verifier and how long they took (docs/history.md)')
    .argument('[dir]', 'folder that --history of run names', 'history')
    .option('-n, --runs <n>', 'how many runs, the last ones', '20')
    .option('-k, --kernel <globs>', 'only these kernels, or patterns for them: 6.*; repeatable', collectOption)
    .option('--program <globs>', "only these programs, changed or not: aegis/*, '*'; repeatable", collectOption)
    .option('--html <file>', 'write a page for a browser')
    .option('--openmetrics <file>', 'write the last run as OpenMetrics text; - is stdout, in place of the terminal')
    .addHelpText('after', help)
    .action(async (dir: string, flags: TrendFlags) => {
      const { runTrendCommand } = await import('./trend.js');
      exit(await runTrendCommand(dir, flags, cli));
    });
}
