// SPDX-License-Identifier: Apache-2.0
import { basename, join } from 'node:path';
import { readFile } from 'node:fs/promises';
import type { ObjectFile } from '../../config/objects.js';
import type { Toolbox } from '../../config/toolbox.js';
import { toolboxPath } from '../../config/toolbox.js';
import type { Guest } from '../../guest/client.js';
import { readGuestFacts } from '../../guest/facts.js';
import { putFile } from '../../guest/files.js';
import type { ProcessEnd } from '../../guest/process.js';
import type { Agent, Upload } from '../../model/agent.js';
import { InfraError } from '../../model/errors.js';
import type { ReadyKernel } from '../../model/kernel.js';
import type { AccelProvider, SessionContext } from '../context.js';
import type { LiveGuest } from '../launch.js';
import { withMachine } from '../machine-session.js';
import { installToolbox } from '../toolbox.js';
import { runScript, type ScriptOutput } from './script.js';
import { type HostTerminal, onTerminal } from './terminal.js';

/** What is at hand in the guest, and who works there. */
export interface ShellPlan {
  readonly toolbox: Toolbox;
  readonly objects: readonly ObjectFile[];
  /** Null for none. */
  readonly agent: Agent | null;
  readonly files: readonly Upload[];
  readonly work:
    | { readonly kind: 'terminal'; readonly terminal: HostTerminal; readonly term: string }
    | {
        readonly kind: 'script';
        readonly script: Uint8Array;
        readonly interpreter: readonly string[];
        readonly output: ScriptOutput;
      };
  /** Heard once everything is in place; the lines are for people. */
  readonly onReady: (lines: readonly string[]) => void;
}

/** Lines of a broken machine's console that are shown. */
const tailLines = 12;
const noFault = { cause: 'HARNESS', message: 'the machine ended before the shell', consoleTail: [] } as const;

const scriptPath = '/home/script';
const workFolder = '/home';

/** Boots a kernel and hands over a shell in it. Gives how that ended; throws InfraError when the machine broke. */
export async function runShell(
  kernel: ReadyKernel,
  accelFor: AccelProvider,
  { plan, context }: { readonly plan: ShellPlan; readonly context: SessionContext },
): Promise<ProcessEnd> {
  const learned: { end: ProcessEnd | null } = { end: null };
  const life = await withMachine({ kernel, accelFor, context, lsm: context.lsm, name: '' }, async (live) => {
    await live.machine.guard(provide(live.guest, plan, context.built));
    plan.onReady(await live.machine.guard(introduction(live, plan, kernel)));
    learned.end = await live.machine.guard(work(live.guest, plan, kernel));
  });
  if (learned.end !== null) return learned.end;
  const { cause, message, consoleTail } = life.fault ?? noFault;
  // There is no report folder with the console in it.
  const tail = consoleTail.slice(-tailLines).map((line) => `\n    | ${line.trimEnd()}`);
  throw new InfraError(cause, { message, next: `the last lines of its console say more:${tail.join('')}` });
}

async function provide(guest: Guest, { toolbox, objects, agent, files }: ShellPlan, built: string): Promise<void> {
  await installToolbox(guest, toolbox);
  const own = await Promise.all(
    Object.entries(ownPrograms).map(async ([path, file]) => ({
      path,
      bytes: await readFile(join(built, file)),
      mode: 0o755,
    })),
  );
  const named = objects.map(({ identity, bytes }) => ({ path: objectPath(identity.file), bytes, mode: 0o644 }));
  for (const { path, bytes, mode } of [...own, ...(agent?.uploads ?? []), ...named, ...files]) {
    await putFile(guest, path, bytes, mode);
  }
  await putFile(guest, `${workFolder}/.folder`, '');
}

/** In the guest, and where they are built. */
const ownPrograms = {
  '/shell/terminal': 'shell/terminal',
  '/usr/local/bin/bpf': 'shell/bpf',
  '/usr/local/bin/pin': 'probe/pin',
} as const;

const objectPath = (file: string): string => `${workFolder}/${basename(file)}`;

async function introduction(
  { guest, plan: { accel } }: LiveGuest,
  { objects, agent }: ShellPlan,
  kernel: ReadyKernel,
): Promise<readonly string[]> {
  const config = kernel.files.config === null ? null : await readFile(kernel.files.config, 'utf8');
  const { release, lsm } = await readGuestFacts(guest, config);
  const rows = [
    ...objects.map(({ identity }) => ['object', objectPath(identity.file)]),
    ...(agent === null ? [] : [['agent', agent.paths.binary], ...agentObject(agent)]),
    ['bpf prog|map|link', 'what is loaded and attached'],
    ['pin OBJECT', 'loads an object, attaches it, and leaves it attached'],
    ['in-cgroup NAME CMD', 'runs a command in a cgroup of its own'],
  ];
  return [
    `${release} (${accel}), LSMs ${lsm?.join(',') ?? 'unknown'}`,
    ...rows.map(([name = '', what = '']) => `  ${name.padEnd(19)} ${what}`),
    'Ctrl-D or exit ends it; nothing of it is kept',
  ];
}

const agentObject = ({ paths }: Agent): readonly (readonly [string, string])[] => [['  its object', paths.object]];

function work(guest: Guest, { work }: ShellPlan, kernel: ReadyKernel): Promise<ProcessEnd> {
  const env = { PATH: toolboxPath, HOME: '/root', PS1: `${kernel.identity.id} \\w # ` };
  if (work.kind === 'terminal') {
    const options = { argv: ['/bin/sh', '-l'] as const, env: { ...env, TERM: work.term }, cwd: workFolder };
    return onTerminal(guest, options, work.terminal);
  }
  return putFile(guest, scriptPath, work.script, 0o755).then(() => {
    const [first = '/bin/sh', ...rest] = work.interpreter;
    return runScript(guest, { argv: [first, ...rest, scriptPath], env, cwd: workFolder }, work.output);
  });
}
