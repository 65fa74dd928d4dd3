// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import { archiveVariable, familySettings } from '../../../kernels/families.js';
import { checkClasses } from '../../../model/check.js';
import type { ExitCode } from '../../../model/exit-code.js';
import { hostTarget } from '../../../target.js';
import {
  collectOption,
  type CommonFlags,
  reporterHelp,
  timeoutOption,
  withKernelFlags,
  withMachineFlags,
} from '../../common-flags.js';
import { type LoaderFlags, withLoaderFlags } from '../../loader-flags.js';
import type { CliContext } from '../../context.js';

/** What commander hands over for `run`; parsed further in config/values.ts. */
export interface RunFlags extends CommonFlags, LoaderFlags {
  readonly object?: readonly string[];
  readonly program?: readonly string[];
  readonly clang?: readonly string[];
  readonly only?: readonly string[];
  readonly scenario?: readonly string[];
  readonly lastFailed?: true;
  readonly failFast?: true;
  readonly list?: true;
  readonly repeat: string;
  readonly timeout: string;
  readonly baseline?: string;
  readonly update?: true;
  readonly shard?: string;
  readonly shardTimes?: string;
  readonly history?: string;
  readonly cost?: true;
}

export const programFlag = '--program';

/** `run`. */
export function matrixCommand(cli: CliContext, exit: (code: ExitCode) => void): Command {
  const command = new Command('run').description('boot kernels, judge objects, prove the agent (the default command)');
  withKernelFlags(command)
    .option(
      '-o, --object <file>',
      'BPF object to load instead of the configured one, a folder of them, or a pattern; repeatable',
      collectOption,
    )
    .option(
      `${programFlag} <globs>`,
      'load only the programs with these names, or patterns for them: deny_*; repeatable',
      collectOption,
    )
    .option('--clang <versions>', 'build our own object with each of these compilers: 16,19; repeatable', collectOption)
    .option(
      '--only <classes>',
      `run only these scenarios: ${checkClasses.join(', ')}; or load, for none; repeatable`,
      collectOption,
    )
    .option(
      '--scenario <glob>',
      'run only scenarios of this name, with * and ?: "*rename*"; repeatable (scenarios list shows all)',
      collectOption,
    )
    .option('--last-failed', 'run only what failed in the report of --out: its kernels, objects and classes')
    .option('-x, --fail-fast', 'stop at the first failure; what is left counts as not run')
    .option(
      '--fresh [classes]',
      'ask every machine anew, whatever an earlier run was answered, or make only the attempts of these classes (docs/reuse.md)',
    )
    .option('--list', 'print what would be run, and boot nothing')
    .option('--repeat <n>', 'ask each kernel everything so often, to see whether the answers stay the same', '1')
    .option('--history <dir>', 'append a line about this run to dir/history.jsonl, for trend (docs/history.md)')
    .addOption(timeoutOption());
  return withMachineFlags(withLoaderFlags(withWholeFlags(command)))
    .addHelpText('after', runHelp)
    .action(async (flags: RunFlags, self: Command) => {
      const { runMatrixCommand } = await import('./run.js');
      const into = self.getOptionValueSource('out') === 'default' ? 'default' : 'named';
      exit(await runMatrixCommand(flags, cli, into));
    });
}

/** What it is held against, in how much detail, and which part of it is done here. */
function withWholeFlags(command: Command): Command {
  return command
    .option(
      '--baseline <dir>',
      'manifests that the run must not fall behind (default: reports/baseline, where there is one, for a whole run)',
    )
    .option('--update', 'write the manifest of each kernel that ran completely into the baseline')
    .option('--cost', 'count what the verifier spends on each source line, of all programs (docs/cost.md)')
    .option(
      '--shard <n/m>',
      'run one part of m, for merge; or auto: as the engine says it in the environment (docs/shards.md)',
    )
    .option('--shard-times <file>', 'what sessions took, by which parts are made even; merge writes it');
}

export const exitHelp = `
Exit codes:
  0    every selected kernel ran and passed
  1    incompatibility or regression
  2    usage or configuration; nothing was booted
  3    infrastructure, or a kernel could not be had; nothing failed
  130  interrupted
`;

const archiveVariables = familySettings
  .filter(({ role }) => role !== 'Keyring')
  .map(({ family, role }) => archiveVariable(family, role));

export const runHelp = `
Examples:
  $ npm run matrix -- --kernel 6.8                    one kernel, as in CI
  $ npm run matrix -- --kernel 6.12 --only network    one class of scenarios (scenarios list shows all)
  $ npm run matrix -- --kernel 6.12 --scenario '*rename*' --list
                                                      what that is; without --list it is run
  $ npm run matrix -- --last-failed -x                what failed, again, until something fails
  $ npm run matrix -- --kernel 6.1,6.12 --object my.bpf.o
                                                      only load an object of your own
  $ npm run matrix -- --object my.bpf.o --program 'deny_*'
                                                      only some of its programs
  $ npm run matrix -- --kernel 6.1,6.12 --clang 16,19  load what each compiler makes of our object
  $ npm run matrix -- --object my.bpf.o --without-capability perfmon,sys_admin
                                                      as a loader that has neither
  $ npm run matrix -- --config theirs.json            prove another team's agent (docs/configuration.md)
  $ npm run matrix -- --kernel all --available        everything that can be had here
  $ npm run matrix -- --kernel-image mine=${hostTarget.image.built},modules=/lib/modules/6.8.0
  $ npm run matrix -- --kernel-image mine=../linux    a kernel build tree
  $ npm run matrix -- --kernel 6.12 --update          make what it came to the baseline (docs/manifest.md)
  $ npm run matrix -- --reporter junit=junit.xml      junit.xml in a place of its own, too
  $ npm run matrix -- --kernel all --shard 2/5        the second of five parts; merge makes one run of them
  $ npm run matrix -- command -k 6.12 -- ./my-test    run a program of your own in each kernel
${exitHelp}
${reporterHelp}
Environment:
  BPF_MATRIX_QEMU                the QEMU binary (default: ${hostTarget.qemu.binary})
  BPF_MATRIX_VNG                 vng, for --backend virtme-ng (default: vng)
  ${archiveVariables.join(', ')}
                                 where kernels come from (kernels/README.md)
  BPF_MATRIX_MIRRORS             host: ask only archives that this host is set up with (default: public)
  XDG_CACHE_HOME                 where they are kept, frozen guests, and what passed (cache list)
  BPF_MATRIX_FRESH               1: as --fresh
  BPF_MATRIX_SHARD, BPF_MATRIX_SHARDS
                                 2/5, and 5: which part --shard auto is, of how many
  BPF_MATRIX_RUN                 names the run that a shard is of: merge takes none of another
  BPF_MATRIX_SNAPSHOT_MIB        what frozen guests may take together (default: 4096; 0: keep none)
  NO_COLOR, FORCE_COLOR          colours off, on
`;
