// SPDX-License-Identifier: Apache-2.0
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../../config/file.js';
import { pinnedBuild } from '../../../config/libbpf.js';
import { readObjects } from '../../../config/objects.js';
import { parseChoice, parseCount, parseMemory } from '../../../config/values.js';
import { conventions } from '../../../contracts/registry.js';
import { openKernelContext } from '../../../kernels/index.js';
import { packageRoot } from '../../../kernels/package-root.js';
import { type AccelRequest, chooseAccel, emulatedNotice } from '../../../boot/accel.js';
import { defaultLsm } from '../../../boot/cmdline.js';
import { type BenchReport, measureIds } from '../../../model/bench.js';
import { InfraError, MatrixError } from '../../../model/errors.js';
import type { ExitCode } from '../../../model/exit-code.js';
import type { ReadyKernel } from '../../../model/kernel.js';
import { kernelTarget } from '../../../model/kernel-name.js';
import { type BenchPlan, runBench } from '../../../run/bench/bench.js';
import { type GuestHost, guestHosts } from '../../../run/guest-host.js';
import { hostTarget } from '../../../target.js';
import { backendFromFlags } from '../../backend.js';
import type { BenchFlags } from './flags.js';
import { kernelRequests } from '../../kernel-requests.js';
import { chosenReporters, reportWithoutRun } from '../../reporters.js';
import { openCacheFolder } from '../../cache-folder.js';
import { builtFile, type CliContext } from '../../context.js';

/** `bench`: measures, and reports. */
export async function runBenchCommand(flags: BenchFlags, cli: CliContext): Promise<ExitCode> {
  const { stderr } = cli;
  const selected = await chosenReporters('benchmark', flags);
  const started = new Date().toISOString();
  const [load = 0] = loadavg();
  const onStep = (text: string): void => void stderr.write(`${text}\n`);
  const plan = await planOf(flags, cli, onStep);
  const host = {
    node: process.version,
    qemu: plan.qemuVersion,
    accel: plan.accel,
    cpus: availableParallelism(),
    load,
  };
  const kernels = plan.kernels.map(({ identity }) => identity.id);
  const measures = await runBench(plan);
  const object = plan.object ?? 'build/aegis.bpf.o';
  const report: BenchReport = { schema: 1, started, host, rounds: plan.rounds, kernels, object, measures };
  return reportWithoutRun('benchmark', report, selected, cli);
}

async function planOf(flags: BenchFlags, cli: CliContext, onStep: (text: string) => void): Promise<BenchPlan> {
  const { env, signal } = cli;
  const cache = await openCacheFolder(env);
  const root = packageRoot();
  if (flags.object !== undefined) await readObjects([flags.object]);
  const rounds = parseCount('--rounds', flags.rounds);
  const memory = parseMemory('--memory', flags.memory);
  const request = parseChoice('--accel', flags.accel, ['auto', 'kvm', 'tcg']);
  const [smallest, self] = await Promise.all(
    ['build/variants/healthy.bpf.o', 'dist/harness/cli/main.js'].map((file) => builtFile(join(root, file))),
  );
  const kernels = await readyKernels(flags, cli, { cache, onStep });
  const machines = await machinesOf(kernels, request, cli, onStep);
  const word = await builtFile(join(machines.built, 'bench/word'));
  return {
    ...machines,
    ...{ kernels, rounds, memory, lsm: defaultLsm, cache, signal, onStep },
    ...{ smallest: smallest ?? '', word, self: [process.execPath, self ?? ''] },
    object: flags.object ?? null,
    vng: await vngOf(cli),
    complete: flags.complete === true,
    only: measuresOf(flags.measure),
  };
}

/** What guests of the first kernel are started with; those of all others must be there, too. */
async function machinesOf(
  kernels: BenchPlan['kernels'],
  request: AccelRequest,
  { env, signal }: CliContext,
  onStep: (text: string) => void,
): Promise<GuestHost & Pick<BenchPlan, 'accel'>> {
  const { folder: built } = pinnedBuild(packageRoot());
  const qemu = env['BPF_MATRIX_QEMU'] ?? hostTarget.qemu.binary;
  const ids = kernels.map(({ identity }) => identity.id);
  const hosts = await guestHosts(ids, { qemu, built, backend: { kind: 'qemu' } }, signal);
  const [{ identity, files }] = kernels;
  const host = hosts.of(identity.id);
  const target = kernelTarget(identity.id);
  const { accel, obstacle } = await chooseAccel(request, { ...host, target, kernel: files.image, memo: null, signal });
  if (obstacle !== null) onStep(emulatedNotice);
  return { ...host, accel };
}

/** Null takes all of them. */
function measuresOf(words: readonly string[] | undefined): BenchPlan['only'] {
  if (words === undefined) return null;
  return new Set(words.flatMap((word) => word.split(',')).map((word) => parseChoice('--measure', word, measureIds)));
}

async function vngOf(cli: CliContext): Promise<BenchPlan['vng']> {
  try {
    const backend = await backendFromFlags('virtme-ng', cli);
    return { program: backend.kind === 'virtme-ng' ? backend.vng : '' };
  } catch (error) {
    if (!(error instanceof MatrixError)) throw error;
    return { why: error.message };
  }
}

/** What can be had of the kernels that were asked for; three that are known to differ without -k. */
async function readyKernels(
  flags: BenchFlags,
  cli: CliContext,
  { cache, onStep }: { cache: string; onStep: (text: string) => void },
): Promise<BenchPlan['kernels']> {
  const { archives } = await readConfig(null, conventions);
  const context = await openKernelContext({ env: cli.env, cacheDir: cache, archives: archives ?? {} });
  try {
    const chosen = flags.kernel ?? (flags.kernelImage === undefined ? ['6.12,6.1,6.17'] : undefined);
    const requests = await kernelRequests(
      { ...flags, ...(chosen === undefined ? {} : { kernel: chosen }) },
      context,
      cli,
    );
    const progress = ({ text }: { readonly text: string }): void => {
      onStep(text);
    };
    const found = await Promise.all(requests.map((request) => request.resolve(progress)));
    const missing = found.filter((kernel) => kernel.status === 'unavailable');
    for (const { id, detail } of missing) onStep(`${id} is not measured: ${detail}`);
    const [first, ...rest] = found.filter((kernel): kernel is ReadyKernel => kernel.status === 'ready');
    if (first !== undefined) return [first, ...rest];
    throw new InfraError('HARNESS', {
      message: 'bench: none of the kernels can be had',
      next: missing[0]?.next ?? 'name others with -k',
    });
  } finally {
    await context.close();
  }
}
