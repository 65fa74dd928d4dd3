// SPDX-License-Identifier: Apache-2.0
import type { SessionResult } from '../../results/session.js';
import { judgeKernel } from '../../verdict/judge-kernel.js';
import type { SessionPlan } from '../machine-session.js';
import { loadInputs } from './inputs.js';
import { reused } from './reuse.js';

/** What a kernel made of the objects, in an earlier run or asked anew. */
export async function reusedLoad(session: SessionPlan, ask: () => Promise<SessionResult>): Promise<SessionResult> {
  const { kernel, context } = session;
  const { answer, since } = await reused<SessionResult>({
    kernel: kernel.identity.id,
    context,
    what: 'load',
    inputs: () => loadInputs(session),
    ask: async (left) => {
      const result = await ask();
      if (result.console !== null) left(result.console);
      return result;
    },
    passes: (result) =>
      judgeKernel({ kind: 'session', session: result, scenarios: [] }, context.expectations.entries).verdict.kind ===
      'pass',
  });
  // How it was come by is of today: the lock may have moved.
  return since === null ? answer : { ...answer, identity: kernel.identity, ms: 0, since };
}
