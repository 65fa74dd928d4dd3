import { join } from 'node:path';
import { defaultLsm } from '../boot/cmdline.js';
import { snapshotLimit } from '../config/snapshot-limit.js';
import { SnapshotStore } from '../boot/snapshot/store.js';
import { type MatrixConfig, readConfig } from '../config/file.js';
import { pinnedBuild } from '../config/libbpf.js';
import { parseChoice, parseJobs, parseLsm, parseMemory } from '../config/values.js';
import { cacheFolder } from '../kernels/cache/folder.js';
import { type KernelContext, openKernelContext } from '../kernels/index.js';
import { packageRoot } from '../kernels/package-root.js';
import type { ExitCode } from '../model/exit-code.js';
import type { RunReport } from '../model/report.js';
import { Disposal } from '../proc/disposal.js';
import { removeAtExit } from '../proc/temp.js';
import { junitReporter } from '../report/junit.js';
import { markdownReporter } from '../report/markdown.js';
import { PlainReporter } from '../report/plain.js';
import { type Reporter, ReporterHub } from '../report/reporter.js';
import { type Summary, summaryLines } from '../report/summary.js';
import { terminalReporter } from '../report/terminal.js';
import { diskError } from '../results/disk-error.js';
import { openOutDir } from '../results/out-dir.js';
import { renderRunJson } from '../results/run-json.js';
import { type KernelWork, type MatrixOptions, runMatrix } from '../run/matrix.js';
import { publish, withFaults } from '../run/publish.js';
import { type BaselineTask, besideBaseline } from './commands/run/baseline.js';
import { backendOf } from './backend.js';
import { backends, type CommonFlags } from './common-flags.js';
import { kernelRequests } from './kernel-requests.js';
import { builtFile, type CliContext } from './context.js';

/** Another way to tell and to judge a finished run than the run's own. */
export interface Explained {
  /** Writes into the report folder, besides `run.json`. */
  readonly files: readonly Reporter[];
  /** The last words for a person. */
  readonly summary: Summary;
  /** What --json prints. */
  readonly json: (report: RunReport) => string;
  readonly exitCode: (report: RunReport) => ExitCode;
}

const ownTelling: Explained = {
  files: [junitReporter, markdownReporter],
  summary: summaryLines,
  json: renderRunJson,
  exitCode: (report) => report.exitCode,
};

/** What a command wants done with each kernel; everything else follows from the flags all of them have. */
export interface Task extends Pick<
  MatrixOptions,
  'objects' | 'agent' | 'only' | 'repeat' | 'notices' | 'timeout' | 'withoutCapabilities'
> {
  /** In place of what bootstrap has built. */
  readonly built?: string;
  /** Null loads the objects and proves the agent. */
  readonly work: KernelWork | null;
  readonly telling?: Explained;
  /** Chooses kernels as it goes, in place of those that flags name. */
  readonly search?: (options: Omit<MatrixOptions, 'kernels'>, context: KernelContext) => Promise<RunReport>;
  /** What the run must not fall behind; absent where that is no question. */
  readonly baseline?: BaselineTask;
}

/** What a command asks for that proves no agent. */
export const withoutAgent = { agent: null, only: 'none', repeat: 1 } as const;

/** `plan` reads what the command is about; all that can be wrong about a command line is wrong there. */
export type Plan = (config: MatrixConfig) => Promise<Task>;

/** Boots, works, judges, reports. Throws MatrixError for anything that keeps it from a report. */
export async function runCommand(flags: CommonFlags, cli: CliContext, plan: Plan): Promise<ExitCode> {
  const disposal = new Disposal();
  try {
    const exitCode = await runCommandWith(flags, cli, { plan, disposal });
    await disposal.run();
    return exitCode;
  } catch (error) {
    // What went wrong first is what a person needs to hear; a teardown that fails after it is a consequence.
    await disposal.run().catch(() => undefined);
    throw await diskError(error, flags.out);
  }
}

async function runCommandWith(
  flags: CommonFlags,
  cli: CliContext,
  { plan, disposal }: { plan: Plan; disposal: Disposal },
): Promise<ExitCode> {
  const { env, signal } = cli;
  const config = await readConfig(flags.config ?? null);
  const fixed = await fixedOptions(flags, cli);
  const { work, telling = ownTelling, baseline, search, built = fixed.built, ...task } = await plan(config);
  const kernels = await openKernelContext({ env, cacheDir: fixed.cache, archives: config.archives ?? {} });
  disposal.add(() => kernels.close());
  const requests = search === undefined ? await kernelRequests(flags, kernels, cli) : [];
  const out = await openOutDir(flags.out);
  disposal.add(removeAtExit(out.staging));
  disposal.add(() => out.discard());
  const live = liveHub(flags, cli, telling.summary);
  disposal.add(() => {
    live.close();
  });
  const onEvent: MatrixOptions['onEvent'] = (event) => {
    live.onEvent(event);
  };
  const options: MatrixOptions = { ...fixed, ...task, built, kernels: requests, out: out.staging, signal, onEvent };
  const ran = search === undefined ? runMatrix(options, work ?? undefined) : search(options, kernels);
  const { report, reporters } = besideBaseline(await ran, baseline);
  const final = await publish(report, out, [...telling.files, ...reporters], live);
  return conclude(final, telling, { place: out.place, live, json: flags.json === true ? cli.stdout : null });
}

/** Tells the finished report. A terminal reporter that breaks in its last word still fails the run. */
async function conclude(
  report: RunReport,
  telling: Explained,
  { place, live, json }: { place: string; live: ReporterHub; json: NodeJS.WriteStream | null },
): Promise<ExitCode> {
  const before = live.faults.length;
  live.onEvent({ type: 'run-finished', report });
  await live.onEnd(report, place);
  json?.write(telling.json(report));
  return telling.exitCode(withFaults(report, live.faults.slice(before)));
}

type FixedOptions = Omit<MatrixOptions, Exclude<keyof Task, 'built'> | 'kernels' | 'out' | 'signal' | 'onEvent'>;

/** Everything that follows from the flags of every command. */
export async function fixedOptions(flags: CommonFlags, cli: CliContext): Promise<FixedOptions> {
  const cache = cacheFolder(cli.env);
  const backend = await backendOf(parseChoice('--backend', flags.backend, backends), cli);
  const cold = flags.cold === true || backend.kind !== 'qemu';
  const { folder: built } = pinnedBuild(packageRoot());
  await builtFile(join(built, 'guest/init'));
  return {
    tool: cli.tool,
    debug: (text) => {
      if (flags.debug === true) cli.stderr.write(`debug: ${text}\n`);
    },
    qemu: cli.env['BPF_MATRIX_QEMU'] ?? 'qemu-system-x86_64',
    built,
    cache,
    backend,
    // What vng starts is not ours to freeze.
    snapshots: cold ? null : new SnapshotStore(cache, snapshotLimit(cli.env)),
    lsm: flags.lsm === undefined ? defaultLsm : parseLsm('--lsm', flags.lsm),
    append: flags.append?.split(/\s+/).filter((word) => word !== '') ?? [],
    memory: parseMemory('--memory', flags.memory),
    cpus: 1,
    jobs: parseJobs('--jobs', flags.jobs),
    accel: parseChoice('--accel', flags.accel, ['auto', 'kvm', 'tcg']),
    available: flags.available ?? false,
    frozen: flags.frozen ?? false,
  };
}

/** With --debug plain lines, so that the words in between stay where they are. */
function liveHub(flags: CommonFlags, { env, stdout, stderr }: CliContext, summary: Summary): ReporterHub {
  const stream = flags.json === true ? stderr : stdout;
  const options = { stream, env, cwd: process.cwd(), summary };
  return new ReporterHub([flags.debug === true ? new PlainReporter(options) : terminalReporter(options)]);
}
