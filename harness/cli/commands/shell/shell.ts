// SPDX-License-Identifier: Apache-2.0
import { dirname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { agentObject, readAgent } from '../../../config/agent.js';
import { readUploads } from '../../../config/command.js';
import { defaultConfigFile, readConfig } from '../../../config/file.js';
import { builtFor, pinnedBuild } from '../../../config/libbpf.js';
import { readObjects } from '../../../config/objects.js';
import { type Shebang, shebangOf } from '../../../config/shebang.js';
import { readToolbox, type Toolbox } from '../../../config/toolbox.js';
import { parseDuration } from '../../../config/values.js';
import { conventions } from '../../../contracts/registry.js';
import { openKernelContext } from '../../../kernels/index.js';
import { packageRoot } from '../../../kernels/package-root.js';
import { InfraError, UsageError } from '../../../model/errors.js';
import type { RunEvent } from '../../../model/events.js';
import type { ReadyKernel } from '../../../model/kernel.js';
import type { ProcessEnd } from '../../../guest/process.js';
import { Disposal } from '../../../proc/disposal.js';
import { withScratchFolder } from '../../../proc/temp.js';
import { assertBuilt, guestHosts } from '../../../run/guest-host.js';
import { type KernelRequest, type MatrixOptions, onceAccel } from '../../../run/matrix.js';
import { runShell, type ShellPlan } from '../../../run/shell/shell.js';
import type { CliContext } from '../../context.js';
import { kernelRequests } from '../../kernel-requests.js';
import { fixedOptions, withoutAgent } from '../../run-command.js';
import { hostTarget, type Target } from '../../../target.js';
import { oneTarget } from '../../one-target.js';
import type { ShellFlags } from './flags.js';
import { hostTerminal } from './host-terminal.js';

/** Milliseconds that a person may sit at a prompt. */
const sitting = 24 * 3600_000;

/** `shell`. Gives the shell's own exit code. */
export async function shell(flags: ShellFlags, cli: CliContext): Promise<number> {
  const disposal = new Disposal();
  try {
    return await withScratchFolder('shell', async (out) => {
      const plan = await planOf(flags, cli);
      const options = await optionsOf(flags, cli, { out, disposal, plan });
      const kernel = await readyKernelOf(options.kernels, cli);
      const { id } = kernel.identity;
      const hosts = await guestHosts([id], options, cli.signal);
      const context = { ...options, ...hosts.of(id), emit: options.onEvent };
      const end = await runShell(kernel, onceAccel(options, context), { plan, context });
      return exitCodeOf(end);
    });
  } finally {
    await disposal.run();
  }
}

/** As a shell has it of a program that it ran. */
function exitCodeOf(end: ProcessEnd): number {
  switch (end.kind) {
    case 'exited':
      return end.status;
    case 'signalled':
      return 128 + end.signal;
    case 'timed-out':
      throw new InfraError('HARNESS', { message: 'shell: it did not end in time' });
  }
}

async function planOf(flags: ShellFlags, cli: CliContext): Promise<ShellPlan> {
  const isPerson = process.stdin.isTTY;
  const script = isPerson ? null : await buffer(process.stdin);
  const shebang = script === null ? null : shebangOf(script);
  const tools = [...(flags.tool ?? []), ...(shebang === null ? [] : [shebang.program])];
  const { folder: built } = pinnedBuild(packageRoot());
  const target = oneTarget(flags, 'what a shell has at hand');
  const toolbox = await readToolbox('shell', tools, { path: cli.env['PATH'] ?? '', target, built });
  return {
    toolbox,
    ...(await subjectOf(flags, target)),
    files: await readUploads(flags.file ?? []),
    work:
      script === null
        ? { kind: 'terminal', terminal: hostTerminal(process.stdin, cli.stdout), term: cli.env['TERM'] ?? 'linux' }
        : { kind: 'script', script, interpreter: interpreterOf(shebang, toolbox), output: outputOf(cli) },
    onReady: (lines) => {
      if (isPerson) cli.stderr.write(lines.map((line) => `${line}\n`).join(''));
    },
  };
}

function interpreterOf(shebang: Shebang | null, { programs }: Toolbox): readonly string[] {
  const path = shebang === null ? undefined : programs.get(shebang.program);
  return shebang === null || path === undefined ? ['/bin/sh'] : [path, ...shebang.words];
}

function outputOf({ stdout, stderr }: CliContext) {
  return {
    stdout: (bytes: Uint8Array) => void stdout.write(bytes),
    stderr: (bytes: Uint8Array) => void stderr.write(bytes),
  };
}

/** What is at hand: the agent of the configuration with its object; of an object that is named, that alone. */
async function subjectOf(flags: ShellFlags, target: Target): Promise<Pick<ShellPlan, 'objects' | 'agent'>> {
  const config = await readConfig(flags.config ?? null, conventions);
  const configFile = flags.config ?? defaultConfigFile;
  const root = packageRoot();
  const built = builtFor(target, pinnedBuild(root).folder);
  if (target !== hostTarget) await assertBuilt(target, built);
  const places = { conventions, root, built, configFile, folder: dirname(configFile) };
  const objects = await readObjects(flags.object ?? [agentObject(config, places)]);
  const alone = flags.object !== undefined && config.agent === undefined;
  const agent = alone ? null : await readAgent(config, { ...places, object: null });
  if (agent !== null && agent.target !== target) {
    throw new UsageError({
      message: `${agent.identity.file} is built for ${agent.target.title}, and the kernel is ${target.title}`,
      next: `name a kernel of ${agent.target.title}, or an object alone (--object)`,
    });
  }
  return { objects, agent };
}

async function optionsOf(
  flags: ShellFlags,
  cli: CliContext,
  { out, disposal, plan }: { readonly out: string; readonly disposal: Disposal; readonly plan: ShellPlan },
): Promise<MatrixOptions> {
  const config = await readConfig(flags.config ?? null, conventions);
  const fixed = await fixedOptions({ ...flags, backend: 'qemu', out }, cli);
  const kernels = await openKernelContext({ env: cli.env, cacheDir: fixed.cache, archives: config.archives ?? {} });
  disposal.add(() => kernels.close());
  const requests = await kernelRequests({ ...flags, kernel: flags.kernel ?? imageOrDefault(flags) }, kernels, cli);
  return {
    ...fixed,
    ...withoutAgent,
    kernels: [onlyOne(requests)],
    objects: [],
    withoutCapabilities: [],
    notices: [],
    timeout: plan.work.kind === 'terminal' ? sitting : parseDuration('--timeout', flags.timeout),
    out,
    signal: cli.signal,
    onEvent: (event) => {
      // What a script writes is alone on stderr.
      if (plan.work.kind === 'terminal' || flags.debug === true) report(event, cli.stderr);
    },
    keep: null,
  };
}

/** A kernel file is one, and needs no --kernel. */
function imageOrDefault({ kernelImage = [] }: ShellFlags): readonly string[] {
  return kernelImage.map((text) => text.split('=')[0] ?? '').concat(kernelImage.length === 0 ? ['6.12'] : []);
}

function onlyOne(requests: readonly KernelRequest[]): KernelRequest {
  const [first, second] = requests;
  if (first !== undefined && second === undefined) return first;
  throw new UsageError({
    message: `shell is in one kernel, and --kernel names ${requests.map(({ id }) => id).join(', ')}`,
    next: 'name one',
  });
}

async function readyKernelOf([request]: readonly KernelRequest[], { stderr }: CliContext): Promise<ReadyKernel> {
  if (request === undefined) throw new Error('shell: no kernel');
  const kernel = await request.resolve(({ text }) => void stderr.write(`${request.id}: ${text}\n`));
  if (kernel.status === 'ready') return kernel;
  throw new InfraError('HARNESS', { message: `${kernel.id}: ${kernel.reason}: ${kernel.detail}`, next: kernel.next });
}

function report(event: RunEvent, stderr: NodeJS.WriteStream): void {
  if (event.type === 'notice') stderr.write(`note: ${event.text}\n`);
  if (event.type === 'kernel-phase' && event.phase === 'boot') stderr.write(`${event.kernel}: boot: ${event.detail}\n`);
}
