import { Command } from 'commander';
import { dirname } from 'node:path';
import { subjectObject } from '../config/agent.js';
import { defaultConfigFile, type MatrixConfig, readConfig } from '../config/file.js';
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
import { collect, type CommonFlags, withKernelFlags, withMachineFlags } from './common-flags.js';
import { fixedOptions, withoutAgent } from './conduct.js';
import { kernelRequests } from './kernel-requests.js';
import type { Surroundings } from './surroundings.js';

interface WatchFlags extends CommonFlags {
  readonly object?: readonly string[];
  readonly timeout: string;
}

const help = `
Builds and loads the object, then waits. Each save builds it anew and tells what that changed against the last run:
programs x kernels, programs lost and gained, new rejections with their source line, instructions. A save in the middle
starts anew; a source that does not compile shows the compiler's message, and the next save goes on from there.

What is built, and what counts as a save:
  our own object, and what lies in build/      make -C bpf, and every source that the compiler read
  with "watch" in matrix.config.json           its build command, its sources (docs/watch.md)
  any other --object FILE                      nothing is built; FILE itself is watched

Machines are booted ahead and wait, one a kernel; each is used once.

Examples:
  $ npm run matrix -- watch -k 6.1,6.12,6.17
  $ npm run matrix -- watch -k 6.12 --object build/variants/layout_barrier.bpf.o
  $ npm run matrix -- watch --json | jq -c 'select(.type == "step") | .step.change'

Exit codes:
  0    ended by Ctrl-C, whatever the last answer was: a watch has no verdict, run has
  2    usage or configuration; nothing was booted
  3    infrastructure, or no kernel could be had
  130  ended by SIGTERM or SIGHUP
`;

/** `watch`. */
export function watchCommand(around: Surroundings, exit: (code: ExitCode) => void): Command {
  const command = new Command('watch').description('build and load on every save, and tell what the edit changed');
  withKernelFlags(command).option(
    '-o, --object <file>',
    'BPF object to watch instead of the configured one; repeatable',
    collect,
  );
  return withMachineFlags(command, 'reports/watch')
    .option('--timeout <time>', 'deadline for the answers about one save: 90, 90s, 10m', '10m')
    .addHelpText('after', help)
    .action(async (flags: WatchFlags) => {
      exit(await watchUntilEnd(flags, around));
    });
}

/** A first Ctrl-C is how a watch ends. */
async function watchUntilEnd(flags: WatchFlags, around: Surroundings): Promise<ExitCode> {
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
  const subject = await subjectOf(flags, config);
  const timeout = parseDuration('--timeout', flags.timeout);
  const tell = tellerOf(flags, around);
  const kernels = await readyKernels(flags, around, { config, cache: fixed.cache, tell });
  // Told now, and not after the first answer.
  await (await openOutDir(flags.out)).discard();
  return watch({
    ...fixed,
    ...withoutAgent,
    notices: [],
    timeout,
    signal: around.signal,
    kernels,
    subject,
    tell,
    report: (run) => reported(flags.out, run),
  });
}

function subjectOf({ object, config: file }: WatchFlags, config: MatrixConfig) {
  const configFile = file ?? defaultConfigFile;
  const places = { root: packageRoot(), configFile, folder: dirname(configFile) };
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
