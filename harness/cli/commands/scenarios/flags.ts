// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import { checkClasses } from '../../../model/check.js';
import type { ExitCode } from '../../../model/exit-code.js';
import { contractNames } from '../../../model/contract-names.js';
import { collectOption } from '../../common-flags.js';
import type { CliContext } from '../../context.js';

/** What commander hands over for `scenarios`. */
export interface ScenariosFlags {
  readonly only?: readonly string[];
  readonly contract?: string;
  readonly config?: string;
  readonly json?: true;
}

const help = `
Examples:
  $ npm run matrix -- scenarios list --only network
  $ npm run matrix -- scenarios list --contract audit
  $ npm run matrix -- scenarios list --json | jq -r '.[].attempt'
`;

/** `scenarios list`. */
export function scenariosCommand(cli: CliContext, exit: (code: ExitCode) => void): Command {
  const list = new Command('list')
    .description('every scenario: its class, the machines it runs on, what is attempted')
    .option('--only <classes>', `only these: ${checkClasses.join(', ')}; repeatable`, collectOption)
    .option(
      '--contract <name>',
      `those of this contract: ${contractNames.join(', ')} (default: those of the configuration)`,
    )
    .option('--config <file>', 'configuration file (default: matrix.config.json, where there is one)')
    .option('--json', 'as JSON')
    .addHelpText('after', help)
    .action(async (flags: ScenariosFlags) => {
      const { printScenarios } = await import('./scenarios.js');
      exit(await printScenarios(flags, cli));
    });
  return new Command('scenarios').description('what is proved of an agent').addCommand(list);
}
