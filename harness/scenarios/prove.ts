// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Guest } from '../guest/client.js';
import { errno, GuestRefusal } from '../guest/errors.js';
import { getTextIfThere, putFile } from '../guest/files.js';
import { loadModule } from '../guest/modules.js';
import { ProbeDenied, ProbeTampered, sealProgram } from '../guest/sealed.js';
import { sendSignal, waitForProcess } from '../guest/process.js';
import { InfraError } from '../model/errors.js';
import { target } from '../target.js';
import { AgentNotStarted } from './comes-up.js';
import { GuestSession, type GuestSessionOptions } from './guest-session.js';
import { servedPorts } from './classes/network.js';
import { exemptFolder } from './language.js';
import type { Share } from './shares.js';
import { oracleSnapshot } from './oracle.js';
import { ownRulePorts } from './own-rules.js';
import { probePrograms, spawnProbe } from './probe.js';
import { proveAll } from './prove-proofs.js';

export interface ProveOptions extends GuestSessionOptions {
  /** Folder with the probe's programs on the host. */
  readonly probe: string;
  readonly share: Share;
}

const readyWithin = 20_000;

/** Proves one part of what was asked for on one machine, and records what it finds as it goes. */
export async function proveSession(options: ProveOptions): Promise<void> {
  const session = new GuestSession(options);
  options.onPhase('probe');
  await uploadProbe(session, options.probe);
  await loadOverlay(session.guest);
  await session.runner.upload();
  const stop = await serve(session);
  await session.settleLog();
  const { lsm } = await oracleSnapshot(session.guest);
  const hasBpf = lsm?.includes('bpf') ?? false;
  if (hasBpf !== (session.environment !== 'no-lsm')) {
    recordOtherMachine(session, hasBpf);
    options.known.ends();
    return;
  }
  if (session.environment === 'lsm-override' && !session.agent.overrides.has('lsm')) {
    recordNoOverride(session);
    options.known.ends();
    return;
  }
  try {
    await proveAll(session, options.share);
  } catch (error) {
    options.known.ends();
    recordEnd(session, error);
    return;
  }
  await stop();
}

/** What an agent has done to keep more from being asked of it. Throws what is no fault of an agent's. */
function recordEnd(session: GuestSession, error: unknown): void {
  if (error instanceof AgentNotStarted) return;
  if (error instanceof ProbeTampered) session.tampered(error.seen);
  else if (error instanceof ProbeDenied || isDenial(error)) session.deniedToGuest((error as Error).message);
  else throw error;
}

/** Nothing but an LSM program denies PID 1 anything. */
function isDenial(error: unknown): boolean {
  return error instanceof GuestRefusal && (error.errno === errno.EPERM || error.errno === errno.EACCES);
}

/** All that the override would have been for. */
function recordNoOverride(session: GuestSession): void {
  const own = session.contract.environments.find(({ environment }) => environment === 'lsm-override');
  const detail = `it does not heed ${session.variable('lsm')}`;
  for (const name of own?.classes ?? []) session.notOffered(name, 'all', detail);
}

/** What was asked of this machine can only be asked of another. */
function recordOtherMachine(session: GuestSession, hasBpf: boolean): void {
  const detail = hasBpf ? 'its LSM list has bpf although lsm= leaves it out' : 'bpf is not in its LSM list';
  session.claim('posture', 'the machine', {
    check: 'LSM list',
    blames: 'CONTROL_FAILED',
    holds: false,
    expected: hasBpf ? 'no bpf in the LSM list' : 'bpf in the LSM list',
    actual: detail,
  });
}

async function uploadProbe(session: GuestSession, folder: string): Promise<void> {
  const { guest } = session;
  for (const program of Object.values(probePrograms)) {
    await sealProgram(guest, program, await readFile(join(folder, program.name)));
  }
  // For the attempt that runs a program by it: the host's own.
  await putFile(guest, target.loader, await readFile(target.loader), 0o755);
}

/** A module on every stock kernel; without it, the attempts that need an overlay find it absent. */
async function loadOverlay(guest: Guest): Promise<void> {
  try {
    await loadModule(guest, '/modules/extra/overlay.ko');
  } catch (error) {
    if (!(error instanceof GuestRefusal)) throw error;
  }
}

/** A server in the exempt cgroup that answers where allowed neighbours go. */
async function serve({ guest, agent }: GuestSession): Promise<() => Promise<void>> {
  const out = '/probe/serve.out';
  const ports = [...servedPorts, ...ownRulePorts(agent.dialect?.rules ?? [])];
  const { pid, read } = await spawnProbe(guest, {
    program: probePrograms.attempt,
    args: ['serve', ...ports.map(String)],
    cgroup: exemptFolder,
    stdout: out,
    stderr: out,
  });
  for (const until = performance.now() + readyWithin; performance.now() < until;) {
    const output = (await getTextIfThere(guest, out)) ?? '';
    if (read(output)[0] === 'ready') {
      return async () => {
        await sendSignal(guest, pid, 9);
        await waitForProcess(guest, pid, 5_000);
      };
    }
    if ((await waitForProcess(guest, pid, 1000, { path: out, size: output.length })).kind !== 'running') break;
  }
  throw new InfraError('HARNESS', {
    message: `scenarios: the server of the neighbours did not come up: ${(await getTextIfThere(guest, out)) ?? ''}`,
    next: 'this is a fault of the harness or of the guest kernel: see the console log',
  });
}
