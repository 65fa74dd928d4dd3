// SPDX-License-Identifier: Apache-2.0
import type { LadderStep, LadderStepName } from '../model/evidence.js';
import type { LadderReport, LadderStage } from '../model/report.js';
import { isVerifierLogEmpty } from '../model/verifier-lines.js';
import { errnoName } from '../model/errno.js';

/** Steps that change one thing, and what is refused when that one makes the difference. */
const single: Readonly<Partial<Record<LadderStepName, LadderStage>>> = {
  'with-object': 'being-alone',
  'all-capabilities': 'capabilities',
  'log-level': 'log-level',
  'no-line-info': 'line-info',
  'no-func-info': 'func-info',
  'other-name': 'name',
  'no-flags': 'flags',
  'other-attach-type': 'attach-type',
  'other-hook': 'hook',
};

/**
 * What the steps prove. A stage is named when changing that alone makes the program load, or lets the verifier speak,
 * and changing nothing else does. Null without steps.
 */
export function judgeLadder(steps: readonly LadderStep[] | null): LadderReport | null {
  if (steps === null) return null;
  return {
    stage: stageOf(steps),
    tried: steps.map(({ step, detail, errno, logBytes }) => {
      return { step, detail, errno: errno === 0 ? null : errnoName(errno), logBytes };
    }),
  };
}

function stageOf(steps: readonly LadderStep[]): LadderStage {
  const asked = steps.find(({ step }) => step === 'asked');
  // Loads when it is asked a second time: then no step proves anything.
  if (asked === undefined || helps(asked)) return 'unknown';
  const helpful = steps.filter(helps).map(({ step }) => step);
  const stages = new Set(helpful.flatMap((step) => single[step] ?? []));
  const [only] = stages;
  if (stages.size > 1) return 'unknown';
  if (only !== undefined) return only;
  // These change several things at once, and count only where none of those alone helps.
  if (helpful.includes('no-btf')) return 'btf';
  return helpful.includes('trivial-code') ? 'instructions' : 'unknown';
}

/** Does the program load, or come so far that the verifier says what is wrong. */
function helps({ step, errno, log }: LadderStep): boolean {
  return step !== 'broken-off' && (errno === 0 || !isVerifierLogEmpty(log));
}
