import { type Command, Option } from 'commander';

/** What commander hands over for `run`; parsed further in config/values.ts. */
export interface RunFlags {
  readonly kernel?: readonly string[];
  readonly kernelImage?: readonly string[];
  readonly object?: readonly string[];
  readonly jobs?: string;
  readonly accel: string;
  readonly out: string;
  readonly available?: true;
  readonly frozen?: true;
  readonly timeout: string;
  readonly memory: string;
  readonly lsm?: string;
  readonly append?: string;
  readonly config?: string;
  readonly json?: true;
  readonly debug?: true;
}

const collect = (value: string, previous: readonly string[] = []): string[] => [...previous, value];

/** The `run` command's flags and the help that teaches them. */
export function withRunFlags(command: Command): Command {
  return command
    .option(
      '-k, --kernel <ids>',
      'kernels to boot: an id, several with commas, `default` or `all`; repeatable',
      collect,
    )
    .option(
      '--kernel-image <ID=FILE[,modules=DIR]>',
      'boot a kernel file of your own under this id; repeatable',
      collect,
    )
    .option('-o, --object <file>', 'BPF object to load instead of our own; repeatable', collect)
    .option('-j, --jobs <n>', 'kernels booted at the same time (default: one per core)')
    .addOption(
      new Option('--accel <how>', 'auto proves KVM by booting and falls back to TCG')
        .default('auto')
        .choices(['auto', 'kvm', 'tcg']),
    )
    .option('--out <dir>', 'report folder, replaced as a whole', 'reports/latest')
    .option('--available', 'gate only on the kernels that can be had')
    .option('--frozen', 'refuse a kernel whose locked version is gone')
    .option('--timeout <time>', 'deadline for one virtual machine, all its phases: 90, 90s, 3m', '3m')
    .option('--memory <MiB>', 'memory of one guest', '256')
    .option('--lsm <names>', 'LSM list on the kernel command line (default: a stock one that ends in bpf)')
    .option('--append <words>', 'more words for the kernel command line')
    .option('--config <file>', 'configuration file (default: matrix.config.json, where there is one)')
    .option('--json', 'print run.json on stdout, progress on stderr')
    .option('--debug', 'print QEMU command lines, causes and stacks')
    .addHelpText('after', runHelp);
}

export const runHelp = `
Examples:
  $ npm run matrix -- --kernel 6.8                    one kernel, as in CI
  $ npm run matrix -- --kernel 6.1,6.12 --object my.bpf.o
  $ npm run matrix -- --kernel all --available        everything that can be had here
  $ npm run matrix -- --kernel-image mine=arch/x86/boot/bzImage,modules=/lib/modules/6.8.0

Exit codes:
  0    every selected kernel ran and passed
  1    incompatibility or regression
  2    usage or configuration; nothing was booted
  3    infrastructure, or a kernel could not be had; nothing failed
  130  interrupted

Environment:
  BPF_MATRIX_QEMU                the QEMU binary (default: qemu-system-x86_64)
  BPF_MATRIX_DEBIAN_ARCHIVE, BPF_MATRIX_DEBIAN_SECURITY_ARCHIVE, BPF_MATRIX_UBUNTU_ARCHIVE
                                 where kernels come from (kernels/README.md)
  XDG_CACHE_HOME                 where they are kept
  NO_COLOR, FORCE_COLOR          colours off, on
`;
