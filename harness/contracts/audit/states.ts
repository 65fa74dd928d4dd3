// SPDX-License-Identifier: Apache-2.0
import type { StateMeaning } from '../contract.js';

/** What an observer says it does. */
export const auditStates = {
  OBSERVING: { worksBy: 'hooks', enforces: false, exit: null, warning: null },
  /** Nothing is loaded, because nothing would ever be called; that is no failure. */
  SKIPPED: { worksBy: null, enforces: false, exit: 0, warning: '[Ww]arning.*bpf.*LSM' },
  FAILED: { worksBy: null, enforces: false, exit: 1, warning: null },
} as const satisfies Record<string, StateMeaning>;

export type AuditState = keyof typeof auditStates;

export const auditStateNames = Object.keys(auditStates) as readonly AuditState[];
