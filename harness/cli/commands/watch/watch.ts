// SPDX-License-Identifier: Apache-2.0
import { dirname } from 'node:path';
import { agentObject } from '../../../config/agent.js';
import { defaultConfigFile, type MatrixConfig, readConfig } from '../../../config/file.js';
import { type Build, builtFor } from '../../../config/libbpf.js';
import { parseDuration } from '../../../config/values.js';
import { watchTarget } from '../../../config/watch.js';
import { openKernelContext } from '../../../kernels/index.js';
import { conventions } from '../../../contracts/registry.js';
import { packageRoot } from '../../../kernels/package-root.js';
import { hostFaultOf } from '../../../model/host-fault.js';
import { InfraError, InterruptedError } from '../../../model/errors.js';
import { ExitCode } from '../../../model/exit-code.js';
import type { ReadyKernel, UnavailableKernel } from '../../../model/kernel.js';
import type { RunReport } from '../../../model/report.js';
import { removeAtExit } from '../../../proc/temp.js';
import { ReporterHub } from '../../../report/reporter.js';
import { makeReporters } from '../../../report/select.js';
import type { WatchEvent } from '../../../report/views/watch-events.js';
import { openOutDir } from '../../../results/out-dir.js';
import { writeRunJson } from '../../../results/run-json.js';
import { watchSources } from '../../../run/watch/watch.js';
import { hostTarget } from '../../../target.js';
import { oneTarget } from '../../one-target.js';
import { fixedOptions, withoutAgent } from '../../run-command.js';
import { kernelRequests } from '../../kernel-requests.js';
import { chosenReporters } from '../../reporters.js';
import { loaderFromFlags } from '../../loader.js';
import type { CliContext } from '../../context.js';
import { runnerStream } from '../../workflow-commands.js';
import type { WatchFlags } from './flags.js';

/** `watch`. A first Ctrl-C is how it ends. */
export async function runWatchCommand(flags: WatchFlags, cli: CliContext): Promise<ExitCode> {
  try {
    return await watchWith(flags, cli);
  } catch (error) {
    const reason: unknown = cli.signal.aborted ? cli.signal.reason : error;
    if (reason instanceof InterruptedError && reason.signal === 'SIGINT') return ExitCode.ok;
    throw error;
  }
}

async function watchWith(flags: WatchFlags, cli: CliContext): Promise<never> {
  const config = await readConfig(flags.config ?? null, conventions);
  const fixed = await fixedOptions(flags, cli);
  const { build, notices, withoutCapabilities } = await loaderFromFlags(flags, cli.signal);
  const target = await targetOf(flags, config, build);
  const timeout = parseDuration('--timeout', flags.timeout);
  const onEvent = await watcher(flags, cli);
  for (const text of [...config.notices, ...notices]) onEvent({ type: 'notice', text });
  const kernels = await readyKernels(flags, cli, { config, cache: fixed.cache, onEvent });
  // Found out now, and not after the first answer.
  await (await openOutDir(flags.out)).discard();
  return watchSources({
    ...fixed,
    ...withoutAgent,
    built: build.folder,
    withoutCapabilities,
    notices,
    timeout,
    signal: cli.signal,
    kernels,
    target,
    onEvent,
    report: (run) => reported(flags.out, run),
  });
}

function targetOf(flags: WatchFlags, config: MatrixConfig, build: Build) {
  const { object, config: file } = flags;
  const configFile = file ?? defaultConfigFile;
  const root = packageRoot();
  const places = { conventions, root, build, configFile, folder: dirname(configFile) };
  const own = (): string => {
    const target = config.agent === undefined ? oneTarget(flags, 'our own object') : hostTarget;
    return agentObject(config, { ...places, built: builtFor(target, build.folder) });
  };
  return watchTarget(config, object ?? [own()], places);
}

type OnEvent = (event: WatchEvent) => void;

/** Who reports. A watch that cannot say what it finds ends. */
async function watcher(flags: WatchFlags, cli: CliContext): Promise<OnEvent> {
  const places = { ...cli, runner: runnerStream(cli.stderr), cwd: process.cwd(), folder: flags.out, staging: null };
  const hub = new ReporterHub(makeReporters('watch', await chosenReporters('watch', flags), places).live);
  return (event) => {
    hub.onEvent(event);
    const [fault] = hub.faults;
    if (fault === undefined) return;
    const next =
      hostFaultOf(fault.error)?.next ??
      'this is a fault of bpf-matrix: run again with --debug and report what it prints';
    throw new InfraError('REPORTER', { message: fault.message, next, cause: fault.error });
  };
}

interface Found {
  readonly config: MatrixConfig;
  readonly cache: string;
  readonly onEvent: OnEvent;
}

/** Kernels are got hold of once. Those that were not named may be missing, which is reported; not all of them. */
async function readyKernels(
  flags: WatchFlags,
  cli: CliContext,
  { config, cache, onEvent }: Found,
): Promise<readonly ReadyKernel[]> {
  const context = await openKernelContext({ env: cli.env, cacheDir: cache, archives: config.archives ?? {} });
  try {
    const requests = await kernelRequests(flags, context, cli);
    const found = await Promise.all(requests.map((request) => request.resolve(() => undefined)));
    const named = flags.kernel !== undefined && flags.available !== true;
    for (const kernel of found.filter((one) => one.status === 'unavailable')) {
      if (named) throw absent(kernel);
      onEvent({ type: 'notice', text: `${kernel.id} is not watched: ${kernel.reason}: ${kernel.detail}` });
    }
    const ready = found.filter((one) => one.status === 'ready');
    const [first] = found;
    if (ready.length === 0 && first?.status === 'unavailable') throw absent(first);
    return ready;
  } finally {
    await context.close();
  }
}

function absent({ id, reason, detail, next }: UnavailableKernel): InfraError {
  return new InfraError('HARNESS', { message: `${id} cannot be watched: ${reason}: ${detail}`, next });
}

/** Each run replaces the report folder, as a run of its own does. */
async function reported(place: string, run: (out: string) => Promise<RunReport>): Promise<RunReport> {
  const out = await openOutDir(place);
  const settled = removeAtExit(out.staging);
  try {
    const report = await run(out.staging);
    await writeRunJson(out.staging, report);
    await out.commit();
    return report;
  } finally {
    await out.discard();
    settled();
  }
}
