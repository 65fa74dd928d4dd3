// SPDX-License-Identifier: Apache-2.0
import type { Contract } from '../contract.js';
import { auditConventions } from './conventions.js';
import { auditEvents } from './event-reader.js';
import { observingProofs, skippingProofs } from './proofs.js';
import { auditDirtyBytes, auditHookOf } from './records.js';
import { auditStates } from './states.js';

/** Agents that observe: they report what traced processes open and connect to, and deny nothing. */
export const audit: Contract = {
  name: auditConventions.contract,
  conventions: auditConventions,
  environments: [
    { environment: 'lsm', classes: ['file', 'network', 'posture', 'records'] },
    { environment: 'no-lsm', classes: ['posture'] },
  ],
  proofs: (environment) => (environment === 'lsm' ? observingProofs : skippingProofs),
  unattachable: null,
  states: auditStates,
  tracepoints: [],
  events: auditEvents,
  policy: null,
  report: null,
  configMap: null,
  records: { dirtyBytes: auditDirtyBytes, hookOf: auditHookOf },
};
