// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import { targetNames } from '../target.js';
import type { Verbosity } from '../report/views/page.js';
import { reporterDescriptions, reporterNames } from '../report/names.js';

/** Who reports, and how much, as commander hands it over. */
export interface OutputFlags {
  readonly reporter?: readonly string[];
  readonly json?: true;
  readonly debug?: true;
  readonly quiet?: true;
  readonly verbose?: true;
}

/** Flags of every command that boots kernels, as commander hands them over. */
export interface CommonFlags extends OutputFlags {
  readonly kernel?: readonly string[];
  readonly kernelImage?: readonly string[];
  readonly arch?: string;
  readonly jobs?: string;
  readonly accel: string;
  readonly backend: string;
  readonly out: string;
  readonly available?: true;
  readonly frozen?: true;
  readonly cold?: true;
  readonly fresh?: true | string;
  readonly memory: string;
  readonly lsm?: string;
  readonly append?: string;
  readonly config?: string;
}

export const backends = ['qemu', 'virtme-ng'] as const;

/** The folder of manifests that is there when none is named. */
export const defaultBaseline = 'reports/baseline';

export const collectOption = (value: string, previous: readonly string[] = []): string[] => [...previous, value];

/** How long a machine may take, for commands that load or prove something on each. */
export const timeoutOption = (): Option =>
  new Option('--timeout <time>', 'deadline for one virtual machine, all its phases: 90, 90s, 10m').default('10m');

/** Who reports, for every command that does. */
export const reporterOption = (): Option =>
  new Option(
    '--reporter <NAME[=FILE]>',
    `report in one more way: ${reporterNames.join(', ')}; FILE - is stdout (docs/reporters.md); repeatable`,
  ).argParser(collectOption);

export const reporterHelp = `Reporters, for --reporter NAME[=FILE]:
${Object.entries(reporterDescriptions)
  .map(([name, description]) => `  ${name.padEnd(11)}  ${description}`)
  .join('\n')}
`;

/** Which kernels. */
export function withKernelFlags(command: Command): Command {
  return command
    .option(
      '-k, --kernel <ids>',
      'kernels to boot: an id, `ID/FLAVOUR`, `ID/ARCHITECTURE`, several with commas, `default` or `all`; repeatable',
      collectOption,
    )
    .option(
      '--kernel-image <ID=FILE[,modules=DIR]>',
      'boot a kernel file of your own, or the tree it was built in, under this id; repeatable',
      collectOption,
    )
    .addOption(archOption("that of the program that is put into them, else the host's"));
}

/** What is meant by kernels that name no architecture. */
export const archOption = (otherwise = "the host's"): Option =>
  new Option(
    '--arch <names>',
    `architectures of kernels that name none: ${targetNames.join(', ')} (default: ${otherwise})`,
  );

/** How they are booted, and where the report goes unless --out says otherwise. */
export function withMachineFlags(command: Command, out = 'reports/latest'): Command {
  return command
    .option('-j, --jobs <n>', 'machines at the same time (default: three for two cores, and more while they are idle)')
    .addOption(
      new Option('--accel <how>', 'auto proves KVM by booting and falls back to TCG')
        .default('auto')
        .choices(['auto', 'kvm', 'tcg']),
    )
    .addOption(
      new Option('--backend <who>', 'who starts QEMU; virtme-ng needs vng (docs/virtme-ng.md)')
        .default('qemu')
        .choices([...backends]),
    )
    .option('--out <dir>', 'report folder, replaced as a whole', out)
    .option('--available', 'gate only on the kernels that can be had')
    .option('--frozen', 'refuse a kernel whose locked version is gone')
    .option('--cold', 'boot every machine: neither restore nor keep a snapshot, prove KVM anew')
    .option('--memory <MiB>', 'memory of one guest', '256')
    .option('--lsm <names>', 'LSM list on the kernel command line (default: a stock one that ends in bpf)')
    .option('--append <words>', 'more words for the kernel command line')
    .option('--config <file>', 'configuration file (default: matrix.config.json, where there is one)')
    .addOption(reporterOption())
    .option('--json', 'print run.json on stdout, progress on stderr')
    .addOption(quietOption())
    .addOption(verboseOption())
    .option('--debug', 'print QEMU command lines, causes and stacks');
}

/** Who reports, and how much, where kernels that ran before are judged and nothing boots. */
export function withOutputFlags(command: Command): Command {
  return command
    .addOption(reporterOption())
    .option('--json', 'print run.json on stdout, the rest on stderr')
    .addOption(quietOption())
    .addOption(verboseOption())
    .option('--debug', 'print causes and stacks');
}

const quietOption = (): Option => new Option('-q, --quiet', 'print only what failed, and the last line');

const verboseOption = (): Option =>
  new Option('-v, --verbose', 'print every program, every session, and all evidence').conflicts('quiet');

/** How much a command says. */
export function detailOf({ quiet, verbose }: Pick<OutputFlags, 'quiet' | 'verbose'>): Verbosity {
  if (quiet === true) return 'quiet';
  return verbose === true ? 'verbose' : 'normal';
}
