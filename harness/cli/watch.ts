import { dirname } from 'node:path';
import { subjectObject } from '../config/agent.js';
import { defaultConfigFile, type MatrixConfig, readConfig } from '../config/file.js';
import type { Build } from '../config/libbpf.js';
import { parseDuration } from '../config/values.js';
import { watchSubject } from '../config/watch.js';
import { openKernelContext } from '../kernels/index.js';
import { packageRoot } from '../kernels/package-root.js';
import { InfraError, InterruptedError } from '../model/errors.js';
import { ExitCode } from '../model/exit-code.js';
import type { ReadyKernel, UnavailableKernel } from '../model/kernel.js';
import type { RunReport } from '../model/report.js';
import { removeAtExit } from '../proc/temp.js';
import { watchJson, watchTeller, type WatchTeller } from '../report/watch-teller.js';
import { openOutDir } from '../results/out-dir.js';
import { writeRunJson } from '../results/run-json.js';
import { watch } from '../run/watch/watch.js';
import { fixedOptions, withoutAgent } from './conduct.js';
import { kernelRequests } from './kernel-requests.js';
import { loaderOf } from './loader.js';
import type { Surroundings } from './surroundings.js';
import type { WatchFlags } from './watch-flags.js';

/** `watch`. A first Ctrl-C is how it ends. */
export async function watchUntilEnd(flags: WatchFlags, around: Surroundings): Promise<ExitCode> {
  try {
    return await watchWith(flags, around);
  } catch (error) {
    const reason: unknown = around.signal.aborted ? around.signal.reason : error;
    if (reason instanceof InterruptedError && reason.signal === 'SIGINT') return ExitCode.ok;
    throw error;
  }
}

async function watchWith(flags: WatchFlags, around: Surroundings): Promise<never> {
  const config = await readConfig(flags.config ?? null);
  const fixed = await fixedOptions(flags, around);
  const { build, notices, withoutCapabilities } = await loaderOf(flags, around.signal);
  const subject = await subjectOf(flags, config, build);
  const timeout = parseDuration('--timeout', flags.timeout);
  const tell = tellerOf(flags, around);
  for (const text of notices) tell({ type: 'notice', text });
  const kernels = await readyKernels(flags, around, { config, cache: fixed.cache, tell });
  // Told now, and not after the first answer.
  await (await openOutDir(flags.out)).discard();
  return watch({
    ...fixed,
    ...withoutAgent,
    built: build.folder,
    withoutCapabilities,
    notices,
    timeout,
    signal: around.signal,
    kernels,
    subject,
    tell,
    report: (run) => reported(flags.out, run),
  });
}

function subjectOf({ object, config: file }: WatchFlags, config: MatrixConfig, build: Build) {
  const configFile = file ?? defaultConfigFile;
  const places = { root: packageRoot(), build, built: build.folder, configFile, folder: dirname(configFile) };
  return watchSubject(config, object ?? [subjectObject(config, places)], places);
}

/** --json: one line each on stdout. */
function tellerOf({ json, out }: WatchFlags, { stdout, env }: Surroundings): WatchTeller {
  return json === true ? watchJson(stdout) : watchTeller({ stream: stdout, env, cwd: process.cwd(), out });
}

interface Found {
  readonly config: MatrixConfig;
  readonly cache: string;
  readonly tell: WatchTeller;
}

/** Kernels are got hold of once. Those that were not named may be missing, which is told; not all of them. */
async function readyKernels(
  flags: WatchFlags,
  around: Surroundings,
  { config, cache, tell }: Found,
): Promise<readonly ReadyKernel[]> {
  const context = await openKernelContext({ env: around.env, cacheDir: cache, archives: config.archives ?? {} });
  try {
    const requests = await kernelRequests(flags, context, around);
    const found = await Promise.all(requests.map((request) => request.resolve(() => undefined)));
    const named = flags.kernel !== undefined && flags.available !== true;
    for (const kernel of found.filter((one) => one.status === 'unavailable')) {
      if (named) throw absent(kernel);
      tell({ type: 'notice', text: `${kernel.id} is not watched: ${kernel.reason}: ${kernel.detail}` });
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
