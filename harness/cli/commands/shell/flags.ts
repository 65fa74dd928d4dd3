// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from 'commander';
import { collectOption, type CommonFlags, withKernelFlags } from '../../common-flags.js';
import type { CliContext } from '../../context.js';

/** What commander hands over for `shell`. */
export interface ShellFlags extends Pick<
  CommonFlags,
  'arch' | 'kernel' | 'kernelImage' | 'accel' | 'memory' | 'lsm' | 'append' | 'config' | 'cold' | 'debug'
> {
  readonly object?: readonly string[];
  readonly tool?: readonly string[];
  readonly file?: readonly string[];
  readonly timeout: string;
}

const help = `
A root shell (busybox) in a fresh guest, with the object and the agent of the configuration at hand. On a terminal it is
interactive: Ctrl-C goes to the guest, Ctrl-D ends it. Otherwise stdin is a script, run from a file, by the interpreter
of its first line where that is bash. What is done there is gone with the guest.

Examples:
  $ npm run matrix -- shell --kernel 6.12
  $ npm run matrix -- shell --kernel 6.1 < script.sh
  $ echo 'bpf prog' | npm run --silent matrix -- shell -k 6.17 --object my.bpf.o
  $ npm run matrix -- shell -k 6.12 --tool bpftool --tool strace

Exit codes: that of the shell, 128 and the signal's number where one ended it; 2 usage or configuration, 3
infrastructure, with a line on stderr that says so; 130 interrupted.
`;

/** `shell`. */
export function shellCommand(cli: CliContext, exit: (code: number) => void): Command {
  const command = new Command('shell').description('a prompt in one kernel, with object and agent at hand');
  return withKernelFlags(command)
    .option(
      '-o, --object <file>',
      'BPF object to have at hand instead of the configured one; repeatable',
      collectOption,
    )
    .option('--tool <program>', 'a program of this host to have at hand, with its libraries; repeatable', collectOption)
    .option('--file <GUEST=HOST>', 'a file to be put into the guest under this path; repeatable', collectOption)
    .option('--timeout <time>', 'deadline for a script', '10m')
    .addOption(new Option('--accel <how>', 'as for run').default('auto').choices(['auto', 'kvm', 'tcg']))
    .option('--memory <MiB>', 'memory of the guest', '256')
    .option('--lsm <names>', 'LSM list on the kernel command line, as for run')
    .option('--append <words>', 'more words for the kernel command line')
    .option('--cold', 'boot, and restore no snapshot')
    .option('--config <file>', 'configuration file (default: matrix.config.json, where there is one)')
    .option('--debug', 'print QEMU command lines, causes and stacks')
    .addHelpText('after', help)
    .action(async (flags: ShellFlags) => {
      const { shell } = await import('./shell.js');
      exit(await shell(flags, cli));
    });
}
