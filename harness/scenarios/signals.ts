import type { EnforceSignal } from '../model/agent.js';
import type { GuestSession } from './guest-session.js';
import { essentialClasses } from './classes/index.js';
import { arrangeAll, phaseWith, type Turn } from './denials.js';
import { type Enforcement, recordObservations } from './observations.js';
import type { Asked } from './agent-runner.js';

/** A value of `{signal}`, and what it must come to. */
export interface SignalWay extends Enforcement {
  readonly signal: EnforceSignal;
}

/** One attempt of each kind for every signal that the agent knows; a phase for each. `free` are their controls. */
export async function proveSignalWays(
  session: GuestSession,
  ways: readonly SignalWay[],
  free: readonly Turn[],
  asked: Pick<Asked, 'fallback' | 'env'>,
): Promise<void> {
  for (const { signal, ...means } of ways) {
    const phase = `signal ${signal}`;
    if (!session.agent.signals.has(signal)) {
      session.notOffered('signal', phase, `it has no signal ${signal}`);
      continue;
    }
    const arranged = await arrangeAll(session, `signal-${signal}`, essentialClasses);
    const start: Asked = { mode: 'enforce', signal, ...asked, policy: arranged.policy };
    const enforced = await phaseWith(session, phase, start, arranged, () => Promise.resolve());
    recordObservations(session, arranged, { free, audited: null, enforced }, means, phase);
  }
}
