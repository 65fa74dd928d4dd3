// SPDX-License-Identifier: Apache-2.0
import { loadSession } from '../../model/shard.js';
import type { SessionResult } from '../../results/session.js';
import { loadOutcome } from '../../verdict/session-outcome.js';
import { reportEnded } from '../ended-session.js';
import type { SessionPlan } from '../machine-session.js';
import { loadInputs } from './inputs.js';
import { judgedOnce } from './judged-once.js';
import { reused } from './reuse.js';

/** What a kernel made of the objects, in an earlier run or asked anew. */
export async function reusedLoad(session: SessionPlan, ask: () => Promise<SessionResult>): Promise<SessionResult> {
  const { kernel, context } = session;
  const { id } = kernel.identity;
  const { entries } = context.expectations;
  const outcomeOf = judgedOnce((result: SessionResult) => loadOutcome(result, entries));
  context.emit({ type: 'session-started', kernel: id, session: loadSession });
  const { answer, since, key } = await reused<SessionResult>({
    kernel: id,
    context,
    what: loadSession,
    inputs: () => loadInputs(session),
    ask: async (left) => {
      const result = await ask();
      if (result.console !== null) left(result.console);
      return result;
    },
    passes: (result) => outcomeOf(result).outcome === 'pass',
  });
  const ended = { kernel: id, session: loadSession, inputs: key, since, ms: since === null ? answer.ms : 0 };
  reportEnded(context, ended, () => outcomeOf(answer));
  // How it was come by is of today: the lock may have moved.
  return since === null ? answer : { ...answer, identity: kernel.identity, ms: 0, since };
}
