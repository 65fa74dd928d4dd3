// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import type { AnnouncementProof } from '../contracts/proof.js';
import { getTextIfThere, putFile } from '../guest/files.js';
import { sendSignal, waitForProcess } from '../guest/process.js';
import { InfraError } from '../model/errors.js';
import type { WatchEvidence } from '../model/scenario-evidence.js';
import type { AgentPromise } from './agent-promises.js';
import { runAttempt } from './attempts.js';
import type { GuestSession } from './guest-session.js';
import { rowSecret } from './posture.js';
import { probePrograms, spawnProbe } from './probe.js';
import { watchedRule } from './stops.js';

const sigterm = 15;
/** Longer than any phase; the watch is ended by a signal. */
const watchMs = 120_000;

const watched = z.strictObject({
  announced: z.boolean(),
  openedBefore: z.number(),
  deniedBefore: z.number(),
  openedAfter: z.number(),
  deniedAfter: z.number(),
});

export type WatchedOpens = z.output<typeof watched>;

/** A loop that goes on until it is finished. */
interface Watch {
  readonly finish: () => Promise<WatchedOpens>;
}

/** Opens `path` in a tight loop until finish() is called. `promise`: from which texts in which file on it is denied. */
export async function watchOpens(
  session: GuestSession,
  path: string,
  promise: Pick<AgentPromise, 'file' | 'needles'> | null,
): Promise<Watch> {
  const { guest } = session;
  const out = `/probe/watch-${Math.random().toString(36).slice(2)}`;
  const { file, needles } = promise ?? { file: '/dev/null', needles: ['-'] };
  await putFile(guest, out, '');
  const args = ['watch', file, needles.join('\n'), path, String(watchMs)];
  const { pid, read } = await spawnProbe(guest, { program: probePrograms.attempt, args, stdout: out });
  return {
    async finish() {
      await sendSignal(guest, pid, sigterm);
      await waitForProcess(guest, pid, 10_000);
      return parseWatched(read((await getTextIfThere(guest, out)) ?? '').join(' '));
    },
  };
}

function parseWatched(text: string): WatchedOpens {
  try {
    return watched.parse(JSON.parse(text));
  } catch (cause) {
    throw new InfraError('HARNESS', {
      message: `scenarios: the watch wrote ${JSON.stringify(text)}`,
      next: 'this is a fault of the harness: report it with the kernel it happened on',
      cause,
    });
  }
}

/** Records what the watch saw once the denial was promised. */
export function recordWatch(
  session: GuestSession,
  about: Pick<WatchEvidence, 'class' | 'scenario' | 'blames' | 'check'>,
  { announced, openedAfter, deniedAfter }: WatchedOpens,
): void {
  const { environment } = session;
  session.record({ kind: 'watch', ...about, environment, announced, opened: openedAfter, denied: deniedAfter });
}

/**
 * From the moment the agent announces the state nothing denied gets through. `needsUp`: nothing is recorded of an agent that
 * does not come up, and false is given.
 */
export async function proveAnnouncement(
  session: GuestSession,
  { class: name, scenario, state, options }: AnnouncementProof,
  needsUp = false,
): Promise<boolean> {
  const promises = session.runner.nextPromises(state);
  if (promises.length === 0) {
    session.notOffered(name, scenario, 'its readiness is no plain text to wait for');
    return true;
  }
  return session.phase(scenario, async () => {
    const policy = session.sharedPolicy(1, [{ [watchedRule]: [rowSecret] }]);
    const watches = await watchEach(session, promises);
    const started = await session.start({ options, policy });
    if (needsUp && started.comingUp.kind !== 'announced') {
      for (const { watch } of watches) await watch.finish();
      if (started.pid !== null) await started.stop();
      return false;
    }
    await runAttempt(session.guest, ['open', rowSecret, 'r']);
    for (const { check, watch } of watches) {
      const seen = await watch.finish();
      // Not every agent announces its state besides; what it does announce must be true.
      if (check === 'announced state' && !seen.announced) continue;
      recordWatch(session, { class: name, scenario, blames: 'POSTURE_DISHONEST', check }, seen);
    }
    await session.end(started, scenario);
    return true;
  });
}

async function watchEach(session: GuestSession, promises: readonly AgentPromise[]) {
  const watches: { readonly check: AgentPromise['check']; readonly watch: Watch }[] = [];
  for (const promise of promises) {
    watches.push({ check: promise.check, watch: await watchOpens(session, rowSecret, promise) });
  }
  return watches;
}
