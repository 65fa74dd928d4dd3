// SPDX-License-Identifier: Apache-2.0
import type { AgentConventions } from '../../model/agent-conventions.js';

/** How agents of this contract are started, and what their configuration may leave out. */
export const auditConventions: AgentConventions = {
  contract: 'audit',
  options: {
    // Bytes of the ring buffer, and files that are remembered over all processes.
    ring: { values: null, default: '1048576', spelling: {} },
    remember: { values: null, default: '4096', spelling: {} },
  },
  run: ['{binary}', 'run', '--ring={ring}', '--remember={remember}'],
  enroll: ['{binary}', 'trace', '--'],
  env: { LSMAUDIT_OBJ: '{object}' },
  ready: { stream: 'stdout', pattern: '"type":"state"' },
  report: null,
  vocabulary: null,
  rules: [],
  signals: [],
  features: {},
  optIn: {},
  overrides: {},
  ownHookPrograms: ['audit_connect', 'audit_open'],
  own: {
    name: 'lsmaudit',
    object: 'lsmaudit.bpf.o',
    binary: 'lsmaudit/lsmaudit',
    folder: '/lsmaudit',
    hooks: ['socket_connect', 'file_open'],
    takeover: null,
    reload: null,
  },
};
