// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '../../../config/file.js';
import { builtFor, pinnedBuild } from '../../../config/libbpf.js';
import { parseJobs } from '../../../config/values.js';
import { conventions } from '../../../contracts/registry.js';
import { cacheFolder } from '../../../kernels/cache/folder.js';
import {
  type KernelContext,
  type KernelRow,
  listKernels,
  openKernelContext,
  selectCatalogKernels,
} from '../../../kernels/index.js';
import { packageRoot } from '../../../kernels/package-root.js';
import type { HostCheck, HostReport } from '../../../model/doctor.js';
import { invocation } from '../../../model/invocation.js';
import { ExitCode } from '../../../model/exit-code.js';
import { doctorPage } from '../../../report/pages/doctor.js';
import { terminalPalette } from '../../../report/views/page.js';
import { buildCheck, clangCheck, otherBuildCheck, packagesCheck, toolsCheck } from '../../../run/doctor/build.js';
import { diskCheck, memoryCheck, nodeCheck, systemCheck } from '../../../run/doctor/host.js';
import { anyCached, kernelCheck } from '../../../run/doctor/kernels.js';
import { kvmCheck, qemuCheck, vngCheck } from '../../../run/doctor/machine.js';
import type { KernelId } from '../../../model/kernel.js';
import { kernelTarget } from '../../../model/kernel-name.js';
import { hostTarget, type Target } from '../../../target.js';
import { targetsOf } from '../../architectures.js';
import { sayWaits } from '../../say-waits.js';
import type { CliContext } from '../../context.js';
import type { DoctorFlags } from './flags.js';

/** `doctor`: looks at all of it, and reports. */
export async function doctor(flags: DoctorFlags, cli: CliContext): Promise<ExitCode> {
  const config = await readConfig(flags.config ?? null, conventions);
  const cacheDir = cacheFolder(cli.env);
  const context = await openKernelContext({ env: cli.env, cacheDir, archives: config.archives ?? {} });
  try {
    const wanted = selectCatalogKernels(flags.kernel ?? [], context.catalog, [], targetsOf(flags, null));
    const others = [...new Set(wanted.map(kernelTarget))].filter((target) => target !== hostTarget);
    const rows = await listKernels(context);
    const checks = [
      ...(await aboutHost(flags, cacheDir)),
      ...(await aboutMachines(rows, context, cli)),
      ...(await aboutBuild(cli)),
      ...(await aboutOthers(others, cli)),
      ...(await aboutKernels(await rowsOf(wanted, rows, context), context, cli)),
    ];
    return report({ schema: 1, tool: cli.tool, checks }, flags, cli);
  } finally {
    await context.close();
  }
}

function aboutKernels(
  rows: readonly KernelRow[],
  context: KernelContext,
  { stderr, signal }: CliContext,
): Promise<readonly HostCheck[]> {
  const say = (text: string): unknown => stderr.write(`${text}\n`);
  return sayWaits(context, say, () => Promise.all(rows.map((row) => kernelCheck(row, context, signal))));
}

/** Of those that are wanted; flavours are not among the rows of the catalog. */
async function rowsOf(
  wanted: readonly KernelId[],
  known: readonly KernelRow[],
  context: KernelContext,
): Promise<readonly KernelRow[]> {
  const others = wanted.filter((id) => !known.some((row) => row.id === id));
  const rows = [...known, ...(await listKernels(context, others))];
  return wanted.flatMap((id) => rows.filter((row) => row.id === id));
}

function report(found: HostReport, flags: DoctorFlags, { stdout, env }: CliContext): ExitCode {
  const columns = stdout.isTTY ? stdout.columns : 100;
  const lines = doctorPage(found, { columns, palette: terminalPalette(stdout, env) });
  stdout.write(flags.json === true ? `${JSON.stringify(found, null, 2)}\n` : `${lines.join('\n')}\n`);
  return found.checks.some(({ state }) => state === 'missing') ? ExitCode.incomplete : ExitCode.ok;
}

async function aboutHost(flags: DoctorFlags, cacheDir: string): Promise<readonly HostCheck[]> {
  const { engines } = JSON.parse(await readFile(join(packageRoot(), 'package.json'), 'utf8')) as {
    readonly engines: { readonly node: string };
  };
  return [
    await systemCheck(),
    nodeCheck(process.version, engines.node),
    await memoryCheck(parseJobs('--jobs', undefined)),
    await diskCheck('cache', cacheDir, 'XDG_CACHE_HOME'),
    await diskCheck('reports', flags.out, null),
  ];
}

async function aboutMachines(
  rows: readonly KernelRow[],
  context: KernelContext,
  { env, signal }: CliContext,
): Promise<readonly HostCheck[]> {
  const options = {
    qemu: env['BPF_MATRIX_QEMU'] ?? hostTarget.qemu.binary,
    target: hostTarget,
    vng: env['BPF_MATRIX_VNG'] ?? 'vng',
    cache: cacheFolder(env),
    signal,
  };
  const { examined, ...qemu } = await qemuCheck(options);
  const own = rows.filter(({ id }) => kernelTarget(id) === hostTarget);
  const kvm = await kvmCheck(await anyCached(own, context), examined, options);
  return [qemu, kvm, await vngCheck(options)];
}

/** What guests of other architectures than the host's need besides. */
async function aboutOthers(targets: readonly Target[], { signal }: CliContext): Promise<readonly HostCheck[]> {
  const { folder } = pinnedBuild(packageRoot());
  const checks = targets.map(async (target) => {
    const { name, state, detail, next } = await qemuCheck({ qemu: target.qemu.binary, target, signal });
    return [{ name, state, detail, next }, await otherBuildCheck(target, builtFor(target, folder))];
  });
  return (await Promise.all(checks)).flat();
}

async function aboutBuild({ libbpf, signal }: CliContext): Promise<readonly HostCheck[]> {
  const root = packageRoot();
  const { folder } = pinnedBuild(root);
  const build = await buildCheck({ root, folder, libbpf, command: invocation });
  const packages = await packagesCheck(root, signal);
  return [
    await toolsCheck(signal),
    ...(packages === null ? [] : [packages]),
    await clangCheck(build.state === 'ok', signal),
    build,
  ];
}
