// SPDX-License-Identifier: Apache-2.0
import type { StateMeaning } from '../contract.js';

/** `runtime_state` of the contract: what each means. */
export const aegisStates = {
  AUDIT: { worksBy: null, enforces: false, exit: null, warning: null },
  ENFORCE: { worksBy: 'hooks', enforces: true, exit: null, warning: null },
  ENFORCE_SIGNAL: { worksBy: 'tracepoints', enforces: true, exit: null, warning: null },
  AUDIT_FALLBACK: { worksBy: null, enforces: false, exit: null, warning: null },
  DEGRADED: { worksBy: null, enforces: false, exit: 1, warning: null },
} as const satisfies Record<string, StateMeaning>;

export type AegisState = keyof typeof aegisStates;

export const aegisStateNames = Object.keys(aegisStates) as readonly AegisState[];

/** Tracepoints that an agent must have live when it enforces by signals, where the architecture has such calls. */
export const fallbackTracepoints = [
  'sys_enter_connect',
  'sys_enter_sendto',
  'sys_enter_open',
  'sys_enter_openat',
  'sys_enter_openat2',
  'sys_enter_execve',
] as const;
