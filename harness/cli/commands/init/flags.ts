// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import type { ExitCode } from '../../../model/exit-code.js';
import type { CliContext } from '../../context.js';

/** What commander hands over for `init`. */
export interface InitFlags {
  readonly object?: string;
  readonly agent?: string;
  readonly name?: string;
  readonly contract?: string;
  readonly config?: string;
  /** Commander's way with --no-help-call. */
  readonly helpCall: boolean;
  readonly yes?: true;
  readonly force?: true;
}

const help = `
Asks which object and which agent, and offers what it finds below this folder. The agent is then asked for its --help,
on this host and without a capability, and its binary is searched for names of rules and variables: what they
tell is written down, and what they do not is said. Without a terminal, or with --yes, nothing is asked.

Examples:
  $ npm run matrix -- init
  $ npm run matrix -- init --object out/warden.bpf.o --agent out/wardend --yes
  $ npm run matrix -- init --object out/warden.bpf.o --agent out/wardend --config ci/warden.json --force

Exit codes: 0 written, and run can read it; 2 usage, or a file that is there already, or cannot be used.
`;

/** `init`. */
export function initCommand(cli: CliContext, exit: (code: ExitCode) => void): Command {
  return new Command('init')
    .description('write a matrix.config.json for an object and its agent')
    .option('-o, --object <file>', 'the BPF object that the agent loads')
    .option('--agent <file>', 'the agent, a program')
    .option('--name <name>', 'what reports call it (default: the name of its file)')
    .option(
      '--contract <name>',
      'the contract that it keeps: aegis, if it enforces (docs/contract.md); audit, if it observes (docs/audit-contract.md)',
    )
    .option('--config <file>', 'the file to write (default: matrix.config.json)')
    .option('--no-help-call', 'do not start the agent for its --help')
    .option('--yes', 'ask nothing')
    .option('--force', 'write over a file that is there')
    .addHelpText('after', help)
    .action(async (flags: InitFlags) => {
      const { init } = await import('./init.js');
      exit(await init(flags, cli));
    });
}
