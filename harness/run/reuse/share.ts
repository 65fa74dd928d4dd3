// SPDX-License-Identifier: Apache-2.0
import { judgeScenarios } from '../../verdict/judge-scenarios.js';
import { shareOutcome } from '../../verdict/session-outcome.js';
import type { Acquaintance } from '../../scenarios/acquaintance.js';
import { reportEnded } from '../ended-session.js';
import type { ShareResult } from '../join-shares.js';
import type { SessionPlan } from '../machine-session.js';
import { type ShareQuestion, shareInputs } from './inputs.js';
import { type Question, reused } from './reuse.js';

/** What a machine answered, and what the others of its environment begin with. */
export interface ShareAnswer {
  readonly result: ShareResult;
  readonly hasComeUp: boolean;
}

/** A share, of an earlier run or asked anew. `known` is what the first machine of an environment has to pass on. */
export async function reusedShare(
  session: SessionPlan,
  question: ShareQuestion & { readonly known: Acquaintance },
  ask: Question<ShareAnswer>['ask'],
): Promise<ShareResult> {
  const { kernel, context, name: what } = session;
  const { contract, environment, known } = question;
  const { id } = kernel.identity;
  context.emit({ type: 'session-started', kernel: id, session: what });
  const { answer, since, key } = await reused<ShareAnswer>({
    kernel: id,
    context,
    what,
    inputs: () => shareInputs(session, question),
    ask,
    passes: ({ result }) => shareOutcome(result, contract).outcome === 'pass',
  });
  const ended = { kernel: id, session: what, inputs: key, since, ms: answer.result.ms };
  reportEnded(context, ended, () => shareOutcome(answer.result, contract));
  if (since === null) return answer.result;
  known.hasComeUp = answer.hasComeUp;
  const checks = judgeScenarios(answer.result.evidence, contract);
  context.emit({ type: 'checks-judged', kernel: id, contract: contract.name, environment, checks });
  return { ...answer.result, ms: 0, since };
}
