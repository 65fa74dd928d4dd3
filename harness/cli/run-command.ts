// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { defaultLsm } from '../boot/cmdline.js';
import { SnapshotStore } from '../boot/snapshot/store.js';
import { type MatrixConfig, readConfig } from '../config/file.js';
import { pinnedBuild } from '../config/libbpf.js';
import { parseChoice, parseIdleJobs, parseJobs, parseLsm, parseMemory, snapshotLimit } from '../config/values.js';
import { conventions } from '../contracts/registry.js';
import { openCacheFolder } from './cache-folder.js';
import { type KernelContext, openKernelContext } from '../kernels/index.js';
import { packageRoot } from '../kernels/package-root.js';
import type { KernelId } from '../model/kernel.js';
import type { ExitCode } from '../model/exit-code.js';
import type { RunEvent } from '../model/events.js';
import { withoutControls } from '../model/plain-text.js';
import { noExpectations } from '../model/expectation.js';
import type { RunReport } from '../model/report.js';
import type { Disposal } from '../proc/disposal.js';
import { assertScratchPlace } from '../proc/temp.js';
import { everyScenario } from '../plan/scenario-filter.js';
import {
  type BaselineResult,
  type Reporter,
  type ReporterFault,
  ReporterHub,
  type Reports,
  type RunKind,
} from '../report/reporter.js';
import type { Verbosity } from '../report/views/page.js';
import { makeReporters, type Selected } from '../report/select.js';
import { writeEvidence } from '../results/evidence-store.js';
import type { OutDir } from '../results/out-dir.js';
import { type RunFrame, writeRunFrame } from '../results/run-frame.js';
import { type KernelWork, type MatrixOptions, runMatrix } from '../run/matrix.js';
import { publishReport, withReporterFaults } from '../run/publish.js';
import { type HistoryRecorder, rememberedRun } from '../run/history/recorder.js';
import { runnerStream } from './workflow-commands.js';
import { ProvedStore } from '../run/reuse/proved-store.js';
import { withFlakes } from '../verdict/flakes.js';
import { type BaselineTask, judgedBesideBaseline, runFrameOf } from './commands/run/baseline.js';
import { backendFromFlags, backendNotices } from './backend.js';
import { ownPart, type Sharing } from './sharing.js';
import { backends, type CommonFlags, detailOf } from './common-flags.js';
import { reuseMode } from './fresh.js';
import { givenFlags } from './given-flags.js';
import { type OpenReportFolder, withReportFolder } from './report-folder.js';
import { chosenReporters, printReporterFaults, withAnnotations } from './reporters.js';
import { hostTarget } from '../target.js';
import type { BoundProgram } from './architectures.js';
import { subjectsFromFlags } from './subjects.js';
import { builtFile, type CliContext } from './context.js';

/** What a command makes of a finished run, and how the command ends. */
export interface Conclusion<K extends RunKind> {
  readonly kind: K;
  readonly reportOf: (run: RunReport, baseline: BaselineResult | null) => Reports[K];
  readonly exitCode: (report: Reports[K]) => ExitCode;
}

/** The run is the report. */
export const ownConclusion: Conclusion<'run'> = {
  kind: 'run',
  reportOf: (report, baseline) => ({ report, baseline }),
  exitCode: ({ report }) => report.exitCode,
};

/** What a command wants done with each kernel; everything else follows from the flags all of them have. */
export interface Task<K extends RunKind> extends Pick<
  MatrixOptions,
  | 'objects'
  | 'agents'
  | 'only'
  | 'scenarios'
  | 'firstFailure'
  | 'repeat'
  | 'notices'
  | 'timeout'
  | 'withoutCapabilities'
  | 'programs'
  | 'costs'
  | 'expectations'
> {
  /** In place of what bootstrap has built. */
  readonly built?: string;
  /** Which command it is, for evidence that is stored. */
  readonly command: RunFrame['command'];
  /** Null loads the objects and proves the agent. */
  readonly work: KernelWork | null;
  readonly conclusion: Conclusion<K>;
  /** What is put into guests besides the objects and is bound to an architecture; absent where nothing is. */
  readonly bound?: readonly BoundProgram[];
  /** Of the kernels that flags name, those that are run; all of them without. */
  readonly among?: ReadonlySet<KernelId> | null;
  /** Chooses kernels as it goes, in place of those that flags name. */
  readonly search?: (options: Omit<MatrixOptions, 'kernels'>, context: KernelContext) => Promise<RunReport>;
  /** Is what earlier runs were answered taken where nothing it depends on has changed; absent where it is not. */
  readonly reuses?: boolean;
  /** What the run must not fall behind; absent where that is no question. */
  readonly baseline?: BaselineTask;
  /** The part of the run that is done here; absent, or null, for all of it. */
  readonly sharing?: Sharing | null;
  /** The runs before it; absent, or null, where nobody keeps them. */
  readonly history?: HistoryRecorder | null | undefined;
}

/** What a task is that says nothing else. */
const usualTask = { among: null, reuses: false, sharing: null, history: null, bound: [] } as const;

/** What a command asks for that proves no agent. */
export const withoutAgent = {
  agents: [],
  only: 'none',
  scenarios: everyScenario,
  firstFailure: null,
  repeat: 1,
  programs: null,
  costs: { kind: 'none' },
  expectations: noExpectations,
} as const;

/** `plan` reads what the command is about; all that can be wrong about a command line is wrong there. */
export type Plan<K extends RunKind> = (config: MatrixConfig) => Promise<Task<K>>;

/** Boots, works, judges, reports. Throws MatrixError for anything that keeps it from a report. */
export async function runCommand<K extends RunKind>(
  flags: CommonFlags,
  cli: CliContext,
  plan: Plan<K>,
): Promise<ExitCode> {
  return withReportFolder(flags.out, (open, disposal) => runCommandWith(flags, cli, { plan, open, disposal }));
}

async function runCommandWith<K extends RunKind>(
  flags: CommonFlags,
  cli: CliContext,
  { plan, open, disposal }: { plan: Plan<K>; open: OpenReportFolder; disposal: Disposal },
): Promise<ExitCode> {
  const { env, signal } = cli;
  const config = await readConfig(flags.config ?? null, conventions);
  const fixed = await fixedOptions(flags, cli);
  const planned = { ...usualTask, built: fixed.built, ...(await plan(config)) };
  const { command, work, conclusion, baseline, search, among, reuses, sharing, history, bound, ...task } = planned;
  const selected = await chosenReporters(conclusion.kind, flags);
  const kernels = await openKernelContext({ env, cacheDir: fixed.cache, archives: config.archives ?? {} });
  const notices = [...config.notices, ...backendNotices(fixed.backend), ...task.notices, ...kernels.notices];
  disposal.add(() => kernels.close());
  const subjects =
    search === undefined ? await subjectsFromFlags(flags, kernels, cli, { ...task, among, bound }) : { kernels: [] };
  const part = await ownPart(sharing, { ...fixed, ...task, ...subjects }, baseline);
  const out = await open();
  await part.begin(out);
  const reporting = openReporting(conclusion, selected, { cli, out, disposal, detail: detailOf(flags) });
  const onEvent = passingOn([reporting.live, history]);
  const keep: MatrixOptions['keep'] = (kernel, results) => writeEvidence(out.staging, kernel, results);
  const placed = { out: out.staging, signal, onEvent, keep, ...part.options(notices) };
  const proved = reuses ? provedStore(flags, cli, { ...fixed, ...task, history }) : null;
  const options: MatrixOptions = { ...fixed, ...task, ...subjects, ...placed, proved };
  const ran = search === undefined ? runMatrix(options, work ?? undefined) : search(options, kernels);
  const finished = await ran;
  const { run, flakes } = await rememberedRun(history, finished, onEvent);
  await writeRunFrame(out.staging, part.frameOf({ ...runFrameOf(run, command, baseline), flakes }));
  await part.write(out);
  return concludeRun(withFlakes(run, flakes), part.heldAgainst(baseline), { ...reporting, history });
}

/** To all who want to hear of it. */
function passingOn(listeners: readonly (Pick<ReporterHub<RunKind>, 'onEvent'> | null | undefined)[]) {
  return (event: RunEvent): void => {
    for (const one of listeners) one?.onEvent(event);
  };
}

/** Who reports a run that has a folder, and what they are given. */
interface Reporting<K extends RunKind> {
  readonly conclusion: Conclusion<K>;
  readonly live: ReporterHub<K>;
  readonly files: readonly Reporter<K>[];
  readonly out: OutDir;
  readonly cli: Pick<CliContext, 'stderr' | 'ending'>;
  /** Null where the run becomes no line of a history. */
  readonly history: Task<RunKind>['history'];
}

interface ReportingPlace {
  readonly cli: CliContext;
  readonly out: OutDir;
  readonly disposal: Disposal;
  readonly detail: Verbosity;
}

export function openReporting<K extends RunKind>(
  conclusion: Conclusion<K>,
  selected: readonly Selected[],
  { cli, out, disposal, detail }: ReportingPlace,
): Reporting<K> {
  const places = {
    ...cli,
    runner: runnerStream(cli.stderr),
    cwd: process.cwd(),
    folder: out.place,
    staging: out.staging,
    detail,
  };
  const { files, live } = makeReporters(conclusion.kind, withAnnotations(selected, conclusion.kind, cli.env), places);
  const hub = new ReporterHub(live);
  disposal.add(() => {
    hub.close();
  });
  return { conclusion, live: hub, files, out, cli, history: null };
}

/** Publishes a finished run. A reporter that breaks at the very end still fails it. */
export async function concludeRun<K extends RunKind>(
  ran: RunReport,
  baseline: BaselineTask | undefined,
  { conclusion, live, files, out, cli, history }: Reporting<K>,
): Promise<ExitCode> {
  const compared = judgedBesideBaseline(ran, baseline);
  const reportOf = (run: RunReport): Reports[K] => conclusion.reportOf(run, compared.baseline);
  const run = await publishReport(compared.report, out, { files: [...files, ...compared.writers], live, reportOf });
  const report = reportOf(run);
  cli.ending.committed(out.place, conclusion.exitCode(report));
  const before = live.faults.length;
  live.onEvent({ type: 'run-finished', report: run });
  await live.onEnd(report);
  const faults = [...live.faults.slice(before), ...(await historyFaults(history, run))];
  printReporterFaults(faults, cli.stderr);
  return conclusion.exitCode(reportOf(withReporterFaults(run, faults)));
}

/** A line that is missing must not look like one that is there. */
async function historyFaults(
  history: Reporting<RunKind>['history'],
  run: RunReport,
): Promise<readonly ReporterFault[]> {
  try {
    await history?.append(run);
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ reporter: 'history', during: 'end', error, message: `--history: this run is not in it: ${reason}` }];
  }
}

/** Null where a machine is asked for its own sake: to see it boot, or to see whether it answers the same again. */
function provedStore(
  flags: CommonFlags,
  { env }: CliContext,
  {
    cache,
    snapshots,
    repeat,
    history,
  }: Pick<MatrixOptions, 'cache' | 'snapshots' | 'repeat'> & Pick<Task<RunKind>, 'history'>,
): ProvedStore | null {
  if (snapshots === null || repeat > 1) return history == null ? null : new ProvedStore(cache, 'none');
  return new ProvedStore(cache, reuseMode(flags, env));
}

type FixedOptions = Omit<
  MatrixOptions,
  Exclude<keyof Task<RunKind>, 'built'> | 'kernels' | 'out' | 'signal' | 'onEvent' | 'keep'
>;

/** Everything that follows from the flags of every command. */
export async function fixedOptions(flags: CommonFlags, cli: CliContext): Promise<FixedOptions> {
  await assertScratchPlace();
  const cache = await openCacheFolder(cli.env);
  const backend = await backendFromFlags(parseChoice('--backend', flags.backend, backends), cli);
  const cold = flags.cold === true || backend.kind !== 'qemu';
  const { folder: built } = pinnedBuild(packageRoot());
  await builtFile(join(built, 'guest/init'));
  return {
    tool: cli.tool,
    debug: (text) => {
      if (flags.debug === true) cli.stderr.write(`debug: ${withoutControls(text)}\n`);
    },
    qemu: cli.env['BPF_MATRIX_QEMU'] ?? hostTarget.qemu.binary,
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
    idleJobs: parseIdleJobs('--jobs', flags.jobs),
    accel: parseChoice('--accel', flags.accel, ['auto', 'kvm', 'tcg']),
    available: flags.available ?? false,
    frozen: flags.frozen ?? false,
    given: givenFlags({ ...flags }),
  };
}
