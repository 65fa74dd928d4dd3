import { join, resolve } from 'node:path';
import { defaultLsm } from '../boot/cmdline.js';
import { readConfig } from '../config/file.js';
import { readObjects } from '../config/subject.js';
import { parseChoice, parseDuration, parseJobs, parseLsm, parseMemory } from '../config/values.js';
import type { ExitCode } from '../model/exit-code.js';
import type { RunReport } from '../model/report.js';
import { openKernelContext } from '../kernels/index.js';
import { packageRoot } from '../kernels/package-root.js';
import { cacheFolder } from '../kernels/cache/folder.js';
import { Disposal } from '../proc/disposal.js';
import { removeAtExit } from '../proc/temp.js';
import { ReporterHub } from '../report/reporter.js';
import { junitReporter } from '../report/junit.js';
import { PlainReporter } from '../report/plain.js';
import { markdownReporter } from '../report/markdown.js';
import { terminalReporter } from '../report/terminal.js';
import { diskError } from '../results/disk-error.js';
import { openOutDir } from '../results/out-dir.js';
import { renderRunJson } from '../results/run-json.js';
import { type MatrixOptions, runMatrix } from '../run/matrix.js';
import { publish, withFaults } from '../run/publish.js';
import { builtFile, type Surroundings } from './surroundings.js';
import { kernelRequests } from './kernel-requests.js';
import type { RunFlags } from './run-flags.js';

/** `bpf-matrix run`: boots, loads, judges, reports. Throws MatrixError for anything that keeps it from a report. */
export async function run(flags: RunFlags, around: Surroundings): Promise<ExitCode> {
  const disposal = new Disposal();
  try {
    const exitCode = await runWith(flags, around, disposal);
    await disposal.run();
    return exitCode;
  } catch (error) {
    // What went wrong first is what a person needs to hear; a teardown that fails after it is a consequence.
    await disposal.run().catch(() => undefined);
    throw await diskError(error, flags.out);
  }
}

async function runWith(flags: RunFlags, around: Surroundings, disposal: Disposal): Promise<ExitCode> {
  const { env, signal } = around;
  const config = await readConfig(flags.config ?? null);
  const fixed = await fixedOptions(flags, around);
  const kernels = await openKernelContext({ env, cacheDir: fixed.cache, archives: config.archives ?? {} });
  disposal.add(() => kernels.close());
  const requests = await kernelRequests(flags, kernels, around);
  const out = await openOutDir(flags.out);
  disposal.add(removeAtExit(out.staging));
  disposal.add(() => out.discard());
  const live = liveHub(flags, around);
  disposal.add(() => {
    live.close();
  });
  const report = await runMatrix({
    ...fixed,
    kernels: requests,
    out: out.staging,
    signal,
    onEvent: (event) => {
      live.onEvent(event);
    },
  });
  const final = await publish(report, out, [junitReporter, markdownReporter], live);
  return conclude(final, out.place, live, flags.json === true ? around.stdout : null);
}

/** Tells the finished report. A terminal reporter that breaks in its last word still fails the run. */
async function conclude(
  report: RunReport,
  place: string,
  live: ReporterHub,
  json: NodeJS.WriteStream | null,
): Promise<ExitCode> {
  const before = live.faults.length;
  live.onEvent({ type: 'run-finished', report });
  await live.onEnd(report, place);
  json?.write(renderRunJson(report));
  return withFaults(report, live.faults.slice(before)).exitCode;
}

type FixedOptions = Omit<MatrixOptions, 'kernels' | 'out' | 'signal' | 'onEvent'>;

/** Everything that can be wrong about the command line is wrong here, before anything is fetched or written. */
async function fixedOptions(flags: RunFlags, around: Surroundings): Promise<FixedOptions> {
  const root = packageRoot();
  const files = flags.object ?? [await builtFile(join(root, 'build/aegis.bpf.o'))];
  return {
    tool: around.tool,
    debug: (text) => {
      if (flags.debug === true) around.stderr.write(`debug: ${text}\n`);
    },
    qemu: around.env['BPF_MATRIX_QEMU'] ?? 'qemu-system-x86_64',
    init: await builtFile(join(root, 'build/guest/init')),
    cache: cacheFolder(around.env),
    lsm: flags.lsm === undefined ? defaultLsm : parseLsm('--lsm', flags.lsm),
    append: flags.append?.split(/\s+/).filter((word) => word !== '') ?? [],
    memory: parseMemory('--memory', flags.memory),
    cpus: 1,
    timeout: parseDuration('--timeout', flags.timeout),
    objects: await readObjects(files.map((file) => displayed(file))),
    agent: null,
    only: 'none',
    repeat: 1,
    notices: [],
    jobs: parseJobs('--jobs', flags.jobs),
    accel: parseChoice('--accel', flags.accel, ['auto', 'kvm', 'tcg']),
    available: flags.available ?? false,
    frozen: flags.frozen ?? false,
  };
}

/** Paths below the working folder are shown relative to it. */
function displayed(file: string): string {
  const cwd = `${process.cwd()}/`;
  const full = resolve(file);
  return full.startsWith(cwd) ? full.slice(cwd.length) : file;
}

/** With --debug plain lines, so that the words in between stay where they are. */
function liveHub(flags: RunFlags, { env, stdout, stderr }: Surroundings): ReporterHub {
  const stream = flags.json === true ? stderr : stdout;
  const options = { stream, env, cwd: process.cwd() };
  return new ReporterHub([flags.debug === true ? new PlainReporter(options) : terminalReporter(options)]);
}
