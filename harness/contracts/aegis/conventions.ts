// SPDX-License-Identifier: Apache-2.0
import type { AgentConventions } from '../../model/agent-conventions.js';
import { ruleKinds } from './policy.js';
import { aegisVocabulary } from './vocabulary.js';

/** How agents of this contract are started, and what their configuration may leave out. */
export const aegisConventions: AgentConventions = {
  contract: 'aegis',
  options: {
    mode: { values: ['enforce', 'audit'], default: 'audit', spelling: { enforce: '--enforce', audit: '--audit' } },
    signal: { values: ['none', 'term', 'int', 'kill'], default: 'none', spelling: {} },
    fallback: { values: ['signal', 'off'], default: 'off', spelling: {} },
    gate: { values: ['fail-closed', 'audit-fallback'], default: 'fail-closed', spelling: {} },
    // Kill escalation: violations before KILL, and the seconds in which they are counted.
    threshold: { values: null, default: '5', spelling: {} },
    window: { values: null, default: '30', spelling: {} },
  },
  run: [
    '{binary}',
    'run',
    '{mode}',
    '--enforce-signal={signal}',
    '--enforce-fallback={fallback}',
    '--enforce-gate-mode={gate}',
    '--kill-escalation-threshold={threshold}',
    '--kill-escalation-window-seconds={window}',
    '--policy',
    '{policy}',
  ],
  enroll: null,
  env: { AEGIS_BPF_OBJ: '{object}', AEGIS_CAPABILITIES_REPORT_PATH: '{report}' },
  ready: { stream: 'stdout', pattern: '"type":"state_change"' },
  report: 'capabilities.json',
  rules: ruleKinds,
  signals: ['none', 'term', 'int', 'kill'],
  features: {
    fallback: 'does it know the signal fallback',
    auditFallback: 'does it know the gate mode audit-fallback',
  },
  optIn: {
    signalWithoutHooks: 'does the signal fallback enforce where bpf is in the LSM list and no hook can be attached',
  },
  vocabulary: aegisVocabulary,
  overrides: { lsm: 'AEGIS_LSM_PATH', btf: 'AEGIS_BTF_VMLINUX_PATH' },
  ownHookPrograms: ['deny_*'],
  own: {
    name: 'aegis-agent',
    object: 'aegis.bpf.o',
    binary: 'agent/aegis-agent',
    folder: '/aegis',
    hooks: [
      'socket_connect',
      'socket_bind',
      'socket_listen',
      'socket_accept',
      'socket_sendmsg',
      'socket_recvmsg',
      'file_open',
      'inode_permission',
      'bprm_check_security',
      'mmap_file',
      'ptrace_access_check',
      'ptrace_traceme',
      'kernel_read_file',
      'kernel_load_data',
      'locked_down',
      'bpf',
      'inode_copy_up',
      'inode_rename',
      'inode_unlink',
      'inode_link',
    ],
    takeover: ['--takeover'],
    reload: 'SIGHUP',
  },
};
