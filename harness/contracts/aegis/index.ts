// SPDX-License-Identifier: Apache-2.0
import type { CheckClass } from '../../model/check.js';
import type { Contract } from '../contract.js';
import { aegisConfigMap } from './config-map.js';
import { aegisConventions } from './conventions.js';
import { aegisEvents } from './event-reader.js';
import { aegisPolicy } from './policy.js';
import { fallbackProofs } from './proofs-fallback.js';
import { lsmProofs } from './proofs-lsm.js';
import { dirtyBytes } from './records.js';
import { unattachableProofs } from './proofs-unattachable.js';
import { aegisReport } from './report.js';
import { aegisStates, fallbackTracepoints } from './states.js';

const classes: readonly CheckClass[] = [
  'file',
  'exec',
  'ptrace',
  'module',
  'bpf',
  'network',
  'bypass',
  'posture',
  'records',
  'restart',
  'signal',
];
const fallbackClasses: readonly CheckClass[] = ['signal', 'posture'];

/** Agents that enforce: by LSM hooks, or by signals where there is no BPF LSM. */
export const aegis: Contract = {
  name: aegisConventions.contract,
  conventions: aegisConventions,
  environments: [
    { environment: 'lsm', classes },
    { environment: 'lsm-override', classes: fallbackClasses },
    { environment: 'no-lsm', classes: fallbackClasses },
  ],
  // Without the BPF LSM the same is proved whether that is so or the agent only believes it.
  proofs: (environment, offer) => (environment === 'lsm' ? lsmProofs(offer) : fallbackProofs(offer)),
  unattachable: unattachableProofs,
  states: aegisStates,
  tracepoints: fallbackTracepoints,
  events: aegisEvents,
  policy: aegisPolicy,
  report: aegisReport,
  configMap: aegisConfigMap,
  records: { dirtyBytes, hookOf: () => null },
};
