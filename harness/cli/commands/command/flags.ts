// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import type { ExitCode } from '../../../model/exit-code.js';
import { collectOption, type CommonFlags, withKernelFlags, withMachineFlags } from '../../common-flags.js';
import { exitHelp } from '../run/flags.js';
import type { CliContext } from '../../context.js';

/** What commander hands over for `command`. */
export interface CommandFlags extends CommonFlags {
  readonly file?: readonly string[];
  readonly withLibs?: true;
  readonly tool?: readonly string[];
  readonly timeout: string;
}

const help = `
The program runs as root, from /command, with nothing around it but its shared libraries and the files you give it.
With --with-libs it may be a script, and finds busybox's programs, and "in-cgroup NAME COMMAND" for a cgroup of its own.
Exit code 0 is a pass, anything else COMMAND_FAILED; its whole output is in logs/<kernel>/command.stdout and .stderr.

Examples:
  $ npm run matrix -- command -k 6.1,6.12 -- ./my-test --verbose
  $ npm run matrix -- command -k 6.12 --file /etc/my.conf=my.conf -- build/my-agent check /etc/my.conf
  $ npm run matrix -- command -k 6.1,6.12 --with-libs -- ./proof.sh --strict
  $ npm run matrix -- command -k 6.12 --tool bpftool --tool jq -- ./proof.sh
${exitHelp}`;

/** `command -- CMD [ARG...]`: a program of the user's in each kernel. */
export function commandCommand(cli: CliContext, exit: (code: ExitCode) => void): Command {
  const command = new Command('command')
    .description('run a program of your own in each kernel; its exit code is the verdict')
    .argument('<cmd>', 'program of this host: a path, or a name in PATH')
    .argument('[args...]', 'its arguments, as they are; write -- before the program')
    .usage('[options] -- <cmd> [args...]');
  withKernelFlags(command)
    .option('--file <GUEST=HOST>', 'a file to be put into the guest under this path; repeatable', collectOption)
    .option(
      '--with-libs',
      'bring busybox (mount, unshare, ip, ...), in-cgroup, and the interpreter of a script with its libraries',
    )
    .option(
      '--tool <program>',
      'a program of this host that it calls, with its libraries; as --with-libs; repeatable',
      collectOption,
    )
    .option('--timeout <time>', 'time the program has: 90, 90s, 3m', '1m');
  return withMachineFlags(command)
    .addHelpText('after', help)
    .action(async (cmd: string, args: string[], flags: CommandFlags) => {
      const { runCommandCommand } = await import('./command.js');
      exit(await runCommandCommand([cmd, ...args], flags, cli));
    });
}
