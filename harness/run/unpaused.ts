// SPDX-License-Identifier: Apache-2.0
import { shortestPause } from '../proc/pauses.js';
import type { SessionFault } from '../results/session.js';
import type { Disturbance, SessionPlan } from './machine-session.js';

/** A session, and what the host did to it. */
type Watched<T> = readonly [result: T, disturbance: Disturbance];

/**
 * Milliseconds without a processor after which a stall is not believed at once. A kernel waits for 20 s of a soft lockup and 21 s
 * of RCU before it complains (Documentation/admin-guide/lockup-watchdogs.rst, RCU/stallwarn.rst), but of its own time: one that
 * was kept from a processor while it measured its TSC counts too fast from then on, so that few of the host's seconds
 * are enough (a guest was seen at its 56th second in a run that took 44).
 */
const starvation = 5000;

/**
 * A session that the host has not disturbed. One in which this program, its machine or the host stood still is void, whatever
 * came of it, and so is one whose kernel complained of a stall while QEMU got no processor. It is asked once more on a
 * fresh machine. Where something stands still again, it is `fault` in place of its answers; a second stall is believed.
 */
export async function unpausedSession<T>(
  { kernel, context, name }: Pick<SessionPlan, 'kernel' | 'context' | 'name'>,
  ask: () => Promise<Watched<T>>,
  withFault: (result: T, fault: SessionFault) => T,
): Promise<T> {
  const [first, disturbance] = await ask();
  const notice = noticeOf(disturbance);
  if (notice === null) return first;
  const what = name === '' ? kernel.identity.id : `${kernel.identity.id}, ${name}`;
  context.emit({ type: 'notice', text: `${what}: ${notice}: what it had answered is void, and asked once more` });
  const [second, { stoodStill }] = await ask();
  if (stoodStill < shortestPause) return second;
  return withFault(second, {
    cause: 'HOST_PAUSED',
    message: `run: ${what}: ${notice}; asked once more, something stood still for ${seconds(stoodStill)}`,
    next: 'run it where nothing stops it: no Ctrl-Z, docker pause, sleeping host, or disk that hangs',
    consoleTail: [],
  });
}

function noticeOf({ stoodStill, starvedStall }: Disturbance): string | null {
  if (stoodStill >= shortestPause) return `this program or its machine stood still for ${seconds(stoodStill)}`;
  if (starvedStall < starvation) return null;
  return `its kernel complained of a stall, and QEMU got no processor of this host for ${seconds(starvedStall)}`;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
