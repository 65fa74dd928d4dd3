import { Command } from 'commander';
import { readObjects } from '../config/subject.js';
import { parseDuration } from '../config/values.js';
import { UsageError } from '../model/errors.js';
import type { ExitCode } from '../model/exit-code.js';
import type { RunReport } from '../model/report.js';
import { compareReporter, renderCompareJson } from '../report/compare-files.js';
import { compareLines } from '../report/compare-terminal.js';
import { compareObjects, type Comparison } from '../verdict/compare.js';
import { type CommonFlags, withKernelFlags, withMachineFlags } from './common-flags.js';
import { conduct, type Task, type Telling } from './conduct.js';
import type { Surroundings } from './surroundings.js';

interface CompareFlags extends CommonFlags {
  readonly timeout: string;
}

const help = `
The first object is what the others are held against. Programs are the same when their names are. --json prints
compare.json.

Examples:
  $ npm run matrix -- compare old.bpf.o new.bpf.o
  $ npm run matrix -- compare -k 6.1,6.12,6.17 build/variants/layout_barrier.bpf.o build/variants/layout_ternary.bpf.o

Exit codes:
  0    every program that loads in the first object loads in the others
  1    one does not, on some kernel; or nothing loads at all
  2    usage; nothing was booted
  3    infrastructure, or a kernel could not be had; nothing was lost
  130  interrupted
`;

/** `compare A.bpf.o B.bpf.o [...]`. */
export function compareCommand(around: Surroundings, exit: (code: ExitCode) => void): Command {
  const command = new Command('compare')
    .description('load several objects in each kernel and tell what the others lose against the first')
    .argument('<objects...>', 'BPF objects, two or more; what is in force first');
  return withMachineFlags(withKernelFlags(command))
    .option('--timeout <time>', 'deadline for one virtual machine, all its phases: 90, 90s, 10m', '10m')
    .addHelpText('after', help)
    .action(async (files: string[], flags: CompareFlags) => {
      exit(await conduct(flags, around, () => plan(files, flags)));
    });
}

async function plan(files: readonly string[], flags: CompareFlags): Promise<Task> {
  if (files.length < 2) {
    throw new UsageError({
      message: `compare needs two objects or more, and was given ${files.length}`,
      next: 'name what is in force first, then what is to replace it: compare OLD.bpf.o NEW.bpf.o',
    });
  }
  const objects = await readObjects(files);
  const names = objects.map(({ identity }) => identity.name);
  const hashes = new Set(objects.map(({ identity }) => identity.sha256));
  return {
    objects,
    agent: null,
    only: 'none',
    repeat: 1,
    timeout: parseDuration('--timeout', flags.timeout),
    notices: hashes.size < objects.length ? ['objects with the same bytes are compared'] : [],
    work: null,
    telling: tellingOf((report) => compareObjects(report, names)),
  };
}

function tellingOf(compare: (report: RunReport) => Comparison): Telling {
  return {
    files: [compareReporter(compare)],
    summary: (report, page) => compareLines(compare(report), page),
    json: (report) => renderCompareJson(compare(report)),
    exitCode: (report) => compare(report).exitCode,
  };
}
