// SPDX-License-Identifier: Apache-2.0
import type { Contract } from '../contracts/contract.js';
import { describeJsonValue } from '../model/describe-value.js';
import type { Claim, ClaimEvidence } from '../model/scenario-evidence.js';

export type Unattached = Pick<ClaimEvidence, 'unattached' | 'details'>;

/** What an agent that did not come up reports of its hooks; nothing where it reports none, or all of them attached. */
export function unattachedHooks({ report }: Pick<Claim, 'report'>, contract: Pick<Contract, 'report'>): Unattached {
  const hooks = report?.kind === 'read' ? contract.report?.hooksOf(report.value) : undefined;
  if (hooks === undefined || 'instead' in hooks) return {};
  const gone = hooks.filter(({ attached }) => !attached);
  if (gone.length === 0) return {};
  return {
    unattached: gone.map(({ hook }) => hook),
    details: gone.map(({ key, value }) => `its report says of ${key}: ${describeJsonValue(value)}`),
  };
}
