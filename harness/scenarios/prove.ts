// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Guest } from '../guest/client.js';
import { GuestRefusal, isDenial } from '../guest/errors.js';
import { putFile } from '../guest/files.js';
import { loadModule } from '../guest/modules.js';
import { ProbeDenied, ProbeTampered, sealProgram, vouch } from '../guest/sealed.js';
import { AgentNotStarted } from './comes-up.js';
import { GuestSession, type GuestSessionOptions } from './guest-session.js';
import type { Share } from './shares.js';
import { oracleSnapshot } from './oracle.js';
import { NeighbourServer } from './neighbour-server.js';
import { ownRulePorts } from './own-rules.js';
import { probePrograms } from './probe.js';
import { proveAll } from './prove-proofs.js';

export interface ProveOptions extends GuestSessionOptions {
  /** Folder with the probe's programs on the host, and the file of the guest's dynamic loader there. */
  readonly probe: string;
  readonly loader: string;
  readonly share: Share;
}

/** Proves one part of what was asked for on one machine, and records what it finds as it goes. */
export async function proveSession(options: ProveOptions): Promise<void> {
  const session = new GuestSession(options);
  options.onPhase('probe');
  await uploadProbe(session, options);
  await loadOverlay(session.guest);
  await session.runner.upload();
  const server = await NeighbourServer.start(session.guest, ownRulePorts(session.agent.dialect?.rules ?? []));
  session.server = server;
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
    await recordEnd(session, error);
    return;
  }
  await server.stop();
}

/** What an agent has done to keep more from being asked of it. Throws what is no fault of an agent's. */
async function recordEnd(session: GuestSession, error: unknown): Promise<void> {
  if (error instanceof AgentNotStarted) return;
  if (error instanceof ProbeTampered) session.tampered(error.seen);
  else if (error instanceof ProbeDenied || isDenial(error)) session.deniedToGuest((error as Error).message);
  else {
    // A probe that broke may have been broken.
    const seen = await whoReachedIn(session);
    if (seen.length === 0) throw error;
    session.tampered([...seen, (error as Error).message]);
  }
}

/** Nobody, where the guest cannot be asked any more. */
async function whoReachedIn({ guest }: GuestSession): Promise<readonly string[]> {
  try {
    const answer = await vouch(guest);
    return answer.watched ? answer.seen : [];
  } catch (error) {
    return error instanceof ProbeTampered ? error.seen : [];
  }
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

/** Each is uploaded and copied in the guest, which takes its time: none that is not needed. */
async function uploadProbe({ guest, target }: GuestSession, { probe, loader, share }: ProveOptions): Promise<void> {
  const rehearses = share.proofs.some(({ proof }) => proof.kind === 'returns');
  for (const program of Object.values(probePrograms)) {
    if (program !== probePrograms.rehearse || rehearses) {
      await sealProgram(guest, program, await readFile(join(probe, program.name)));
    }
  }
  // For the attempt that runs a program by it.
  await putFile(guest, target.loader, await readFile(loader), 0o755);
}

/** A module on every stock kernel; without it, the attempts that need an overlay find it absent. */
async function loadOverlay(guest: Guest): Promise<void> {
  try {
    await loadModule(guest, '/modules/extra/overlay.ko');
  } catch (error) {
    if (!(error instanceof GuestRefusal)) throw error;
  }
}
