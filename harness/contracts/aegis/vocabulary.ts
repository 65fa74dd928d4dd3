// SPDX-License-Identifier: Apache-2.0
import type { DialectVocabulary } from '../../model/dialect.js';
import { directions } from './events.js';
import { aegisStateNames } from './states.js';

/** What agents of this contract may say in other words (docs/dialect.md). */
export const aegisVocabulary: DialectVocabulary = {
  states: aegisStateNames,
  types: ['state_change', 'exec', 'block', ...Object.keys(directions)],
  assumed: { state_change: { action: 'AUDIT' } },
  eventFields: {
    type: null,
    pid: null,
    action: null,
    state: null,
    remote_ip: null,
    ppid: 0,
    start_time: 1,
    comm: '',
    cgid: 1,
    path: '/',
    ino: 0,
    dev: 0,
    rule: '',
    family: null,
    protocol: 'other',
    direction: 'egress',
    remote_port: 0,
    local_port: 0,
    rule_type: 'ip',
  },
  stateType: 'state_change',
  stateField: 'state',
  report: {
    fields: [
      'schema_version',
      'kernel_version',
      'capability',
      'audit_only',
      'enforce_capable',
      'enforce_blockers',
      'runtime_state',
      'lsm_enabled',
      'hooks',
      'requirements',
      'requirements_met',
      'policy',
    ],
    stateField: 'runtime_state',
    hooksField: 'hooks',
    hookPrefix: 'lsm_',
    attached: 'attached',
  },
};
