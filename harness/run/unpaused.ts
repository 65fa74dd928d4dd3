// SPDX-License-Identifier: Apache-2.0
import { shortestPause } from '../proc/pauses.js';
import type { SessionFault } from '../results/session.js';
import type { MachineLife, SessionPlan } from './machine-session.js';

/** A session, and how long this program or its machine stood still meanwhile. */
type Watched<T> = readonly [result: T, stoodStill: MachineLife['stoodStill']];

/**
 * A session that nothing stood still in. One in which this program, its machine or the host did is void, whatever came
 * of it, and is asked once more on a fresh machine; void again, it is `fault` in place of its answers. Both are said.
 */
export async function unpausedSession<T>(
  { kernel, context, name }: Pick<SessionPlan, 'kernel' | 'context' | 'name'>,
  ask: () => Promise<Watched<T>>,
  withFault: (result: T, fault: SessionFault) => T,
): Promise<T> {
  const [first, once] = await ask();
  if (once < shortestPause) return first;
  const what = name === '' ? kernel.identity.id : `${kernel.identity.id}, ${name}`;
  const notice = `this program or its machine stood still for ${seconds(once)}`;
  context.emit({ type: 'notice', text: `${what}: ${notice}: what it had answered is void, and asked once more` });
  const [second, again] = await ask();
  if (again < shortestPause) return second;
  return withFault(second, {
    cause: 'HOST_PAUSED',
    message: `run: ${what}: this program or its machine stood still twice, for ${seconds(once)} and ${seconds(again)}`,
    next: 'run it where nothing stops it: no Ctrl-Z, docker pause, sleeping host, or disk that hangs',
    consoleTail: [],
  });
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
