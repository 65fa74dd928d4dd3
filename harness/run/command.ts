// SPDX-License-Identifier: Apache-2.0
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CommandProgram, commandFolder } from '../config/command.js';
import type { Guest } from '../guest/client.js';
import { GuestRefusal } from '../guest/errors.js';
import { readGuestFacts } from '../guest/facts.js';
import { getEnds, putFile } from '../guest/files.js';
import { sendSignal, spawnInGuest, waitForProcess } from '../guest/process.js';
import type { CommandEnd } from '../model/command.js';
import type { GuestFacts } from '../model/facts.js';
import type { ReadyKernel } from '../model/kernel.js';
import type { CommandEvidence } from '../results/command.js';
import { commandOutputPath } from '../results/paths.js';
import type { KernelResult } from '../results/session.js';
import { provideKernelConfig } from '../scenarios/kernel-config.js';
import type { AccelProvider, SessionContext } from './context.js';
import type { LiveGuest } from './launch.js';
import { type Disturbance, type SessionPlan, withMachine } from './machine-session.js';
import { reportEnded } from './ended-session.js';
import { unpausedSession } from './unpaused.js';
import { installToolbox } from './toolbox.js';
import type { KernelWork } from './matrix.js';

/** What is run in every kernel. */
export interface CommandPlan {
  readonly target: CommandProgram;
  /** Milliseconds until it must have ended. */
  readonly timeout: number;
}

/** All that a command finds in its environment. */
const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' };
const sigkill = 9;
/** Milliseconds until a killed command must be gone. */
const killTimeout = 5000;

const commandSession = 'command';

type CommandResult = Extract<KernelResult, { kind: 'command' }>;

/** Runs a command in each kernel, on a fresh machine. */
export function commandWork(plan: CommandPlan): KernelWork {
  return (kernel, accelFor, context, slot) => {
    const { id } = kernel.identity;
    context.emit({ type: 'sessions-planned', kernel: id, sessions: [commandSession] });
    return slot('command', async () => {
      context.emit({ type: 'session-started', kernel: id, session: commandSession });
      const result = await runCommandSession(kernel, accelFor, { plan, context });
      const { fault, ms } = result.session;
      const ended = { kernel: id, session: commandSession, inputs: null, since: null, ms };
      // Nothing is known of what a command depends on, so that its verdict is compared with no other.
      reportEnded(context, ended, () => ({ outcome: fault === null ? 'open' : 'infra', codes: [] }));
      await writeOutput(context.out, result);
      return result;
    });
  };
}

async function runCommandSession(
  kernel: ReadyKernel,
  accelFor: AccelProvider,
  { plan, context }: { plan: CommandPlan; context: SessionContext },
): Promise<CommandResult> {
  const session = { kernel, accelFor, context, lsm: context.lsm, name: '' };
  return unpausedSession(
    session,
    () => askCommand(session, plan),
    (result, fault): CommandResult => ({ ...result, session: { ...result.session, fault }, evidence: null }),
  );
}

async function askCommand(session: SessionPlan, plan: CommandPlan): Promise<readonly [CommandResult, Disturbance]> {
  const { kernel, context } = session;
  const learned: { facts: GuestFacts | null; evidence: CommandEvidence | null } = { facts: null, evidence: null };
  const { id } = kernel.identity;
  const { disturbance, ...life } = await withMachine(session, async (live) => {
    context.emit({ type: 'kernel-phase', kernel: id, phase: 'facts', detail: '' });
    const config = kernel.files.config === null ? null : await readFile(kernel.files.config, 'utf8');
    learned.facts = await live.machine.guard(readGuestFacts(live.guest, config));
    if (config !== null) await live.machine.guard(provideKernelConfig(live.guest, config));
    context.emit({ type: 'kernel-phase', kernel: id, phase: 'command', detail: plan.target.argv.join(' ') });
    learned.evidence = await execute(live, plan);
  });
  const result = { identity: kernel.identity, ...life, facts: learned.facts, asked: 0, objects: [] };
  return [{ kind: 'command', session: result, evidence: learned.evidence }, disturbance];
}

async function execute({ guest, machine }: LiveGuest, plan: CommandPlan): Promise<CommandEvidence> {
  const { argv, uploads, toolbox } = plan.target;
  if (toolbox !== null) await machine.guard(installToolbox(guest, toolbox));
  for (const { path, bytes, mode } of uploads) await machine.guard(putFile(guest, path, bytes, mode));
  const started = performance.now();
  const end = await machine.guard(runToEnd(guest, plan));
  const ms = Math.round(performance.now() - started);
  const stdout = await machine.guard(output(guest, 'stdout'));
  const stderr = await machine.guard(output(guest, 'stderr'));
  return { argv, end, stdout, stderr, timeout: plan.timeout, ms };
}

async function runToEnd(guest: Guest, { target, timeout }: CommandPlan): Promise<CommandEnd> {
  const files = { stdout: guestOutput('stdout'), stderr: guestOutput('stderr') };
  let pid: number;
  try {
    pid = await spawnInGuest(guest, { argv: target.argv, env, cwd: commandFolder, ...files });
  } catch (error) {
    if (error instanceof GuestRefusal && error.errno > 0) return { kind: 'not-started', errno: error.errno };
    throw error;
  }
  const end = await waitForProcess(guest, pid, timeout);
  if (end.kind !== 'running') return end;
  await sendSignal(guest, pid, sigkill);
  await waitForProcess(guest, pid, killTimeout);
  return { kind: 'timed-out' };
}

type Stream = 'stdout' | 'stderr';

const guestOutput = (stream: Stream): string => `/run/command.${stream}`;

/** Bytes kept of each end of what a command writes. */
const outputEnd = 8 * 2 ** 20;

/** Empty for a command that never started. */
async function output(guest: Guest, stream: Stream): Promise<Buffer> {
  return (await getEnds(guest, guestOutput(stream), outputEnd)) ?? Buffer.alloc(0);
}

async function writeOutput(out: string, { session, evidence }: CommandResult): Promise<void> {
  if (evidence === null) return;
  for (const stream of ['stdout', 'stderr'] as const) {
    const path = join(out, commandOutputPath(session.identity.id, stream));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, evidence[stream]);
  }
}
