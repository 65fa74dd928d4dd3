// SPDX-License-Identifier: Apache-2.0
import type { CheckClass } from '../../model/check.js';
import { judgeScenarios } from '../../verdict/judge-scenarios.js';
import { shareOutcome } from '../../verdict/session-outcome.js';
import type { Acquaintance } from '../../scenarios/acquaintance.js';
import { type ClassPart, classParts, shareOfClasses } from '../../scenarios/class-parts.js';
import type { Share } from '../../scenarios/shares.js';
import type { SessionContext } from '../context.js';
import { reportEnded } from '../ended-session.js';
import type { ShareResult } from '../join-shares.js';
import type { SessionPlan } from '../machine-session.js';
import { type ShareQuestion, shareInputs } from './inputs.js';
import { joinClasses } from './join-classes.js';
import { judgedOnce } from './judged-once.js';
import type { FilesLeft } from './kept.js';
import { reused } from './reuse.js';

/** What a machine answered, and what the others of its environment begin with. */
export interface ShareAnswer {
  readonly result: ShareResult;
  readonly hasComeUp: boolean;
  /** Which of the evidence are attempts of a class. */
  readonly parts: readonly ClassPart[];
}

/** Asks a machine of its own. `left` takes the files that it leaves in the report folder. */
type AskShare = (share: Share, context: SessionContext, left: FilesLeft) => Promise<ShareAnswer>;

/** A share, of an earlier run or asked anew. `known` is what the first machine of an environment has to pass on. */
export async function reusedShare(
  session: SessionPlan,
  question: ShareQuestion & { readonly known: Acquaintance },
  ask: AskShare,
): Promise<ShareResult> {
  const { kernel, context, name: what } = session;
  const { contract, environment, known, share } = question;
  const { id } = kernel.identity;
  const checksOf = judgedOnce(({ evidence }: ShareResult) => judgeScenarios(evidence, contract));
  const outcomeOf = (result: ShareResult) => shareOutcome(result, checksOf(result));
  context.emit({ type: 'session-started', kernel: id, session: what });
  const { answer, since, anew, key } = await reused<ShareAnswer>({
    kernel: id,
    context,
    what,
    inputs: () => shareInputs(session, question),
    ask: (left) => ask(share, context, left),
    askClasses: async (earlier, classes, left) =>
      joinAnswers(earlier, await ask(shareOfClasses(share, classes), unjudged(context), left), { share, classes }),
    passes: ({ result }) => outcomeOf(result).outcome === 'pass',
  });
  const isAsked = since === null || anew.size > 0;
  const ended = { kernel: id, session: what, inputs: key, since, ms: isAsked ? answer.result.ms : 0 };
  reportEnded(context, ended, () => outcomeOf(answer.result));
  if (since === null) return answer.result;
  known.hasComeUp = answer.hasComeUp;
  const checks = checksOf(answer.result);
  context.emit({ type: 'checks-judged', kernel: id, contract: contract.name, environment, checks });
  return anew.size === 0 ? { ...answer.result, ms: 0, since } : { ...answer.result, since, anew: [...anew] };
}

/** Of what is asked in part nothing is said until it is known to belong to the whole. */
function unjudged(context: SessionContext): SessionContext {
  return {
    ...context,
    emit: (event) => {
      if (event.type !== 'checks-judged') context.emit(event);
    },
  };
}

/** Both as one machine's; null where they do not fit together. */
function joinAnswers(
  earlier: ShareAnswer,
  { result, hasComeUp }: ShareAnswer,
  { share, classes }: { readonly share: Share; readonly classes: ReadonlySet<CheckClass> },
): ShareAnswer | null {
  const parts = classParts(share);
  const evidence = joinClasses(
    { evidence: earlier.result.evidence, parts: earlier.parts },
    { evidence: result.evidence, parts },
    classes,
  );
  return evidence === null ? null : { result: { ...result, evidence }, hasComeUp, parts };
}
