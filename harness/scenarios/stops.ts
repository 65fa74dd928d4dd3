// SPDX-License-Identifier: Apache-2.0
import type { RuleKind } from '../model/agent.js';
import type { CheckClass, Environment } from '../model/check.js';
import { denialClasses } from './classes/index.js';
import { ownRuleOf } from './own-rules.js';
import type { Scenario } from './scenario.js';
import { hasTracepoint, type Target, unnamedTarget } from '../target.js';

/*
 * Where an attempt can be stopped: the LSM hooks that the kernel calls for it about its object, and the tracepoints that it
 * passes. Which of them an agent uses is the agent's business. Source: security_*() calls of fs/namei.c, fs/open.c, fs/exec.c,
 * mm/util.c, net/socket.c, kernel/ptrace.c, kernel/module/main.c and kernel/bpf/syscall.c; on 6.12 the function tracer saw
 * each of these calls for its operation. Before 6.9 bpf_map_create and bpf_prog_load were bpf_*_alloc_security.
 */

interface Stops {
  readonly hooks: readonly string[];
  readonly tracepoints: readonly string[];
}

const none: Stops = { hooks: [], tracepoints: [] };
const open = ['inode_permission', 'file_open'] as const;
const bySyscalls = (...names: readonly string[]): readonly string[] =>
  names.flatMap((name) => [`sys_enter_${name}`, `sys_exit_${name}`]);
const opens: Stops = { hooks: open, tracepoints: bySyscalls('openat') };
const execs: Stops = {
  hooks: ['inode_permission', 'file_open', 'bprm_creds_for_exec', 'bprm_check_security', 'mmap_file'],
  tracepoints: ['sys_enter_execve', 'sched_process_exec'],
};
const maps: Stops = { hooks: [...open, 'mmap_file'], tracepoints: [] };
const socket = (operation: string, ...syscalls: readonly string[]): Stops => ({
  hooks: [`socket_${operation}`],
  tracepoints: syscalls,
});
const hooks = (...names: readonly string[]): Stops => ({ hooks: names, tracepoints: [] });
const sends = socket('sendmsg', 'sys_enter_sendto', 'sys_enter_sendmsg');
const receives = socket('recvmsg');
const traces = hooks('ptrace_access_check');

/** By the first word of an operation of the probe (bpf/probe/attempt). */
const stops: Readonly<Record<string, Stops>> = {
  open: { hooks: open, tracepoints: bySyscalls('open') },
  openat: opens,
  openat2: { hooks: open, tracepoints: bySyscalls('openat2') },
  creat: { hooks: [...open, 'path_truncate'], tracepoints: bySyscalls('creat') },
  relative: opens,
  dirfd: opens,
  unfaulted: opens,
  swap: opens,
  'bind-mount': opens,
  'open-renamed': opens,
  reopen: opens,
  'self-root': opens,
  'setns-root': opens,
  chroot: opens,
  userns: opens,
  'merged-open': opens,
  'overlay-open': { hooks: [...open, 'inode_copy_up'], tracepoints: bySyscalls('openat') },
  'merged-chmod': hooks('inode_copy_up', 'inode_setattr', 'path_chmod'),
  'open-handle': hooks(...open),
  'uring-open': hooks(...open),
  truncate: hooks('inode_permission', 'path_truncate', 'inode_setattr'),
  rename: hooks('path_rename', 'inode_rename'),
  unlink: hooks('path_unlink', 'inode_unlink'),
  link: hooks('inode_permission', 'path_link', 'inode_link'),
  chmod: hooks('path_chmod', 'inode_setattr'),
  'map-opened': hooks('mmap_file'),
  exec: execs,
  execveat: execs,
  script: execs,
  'memfd-exec': execs,
  map: maps,
  loader: maps,
  connect: socket('connect', 'sys_enter_connect'),
  'connect-length': socket('connect', 'sys_enter_connect'),
  disconnect: socket('connect', 'sys_enter_connect'),
  'connect-unix': socket('connect', 'sys_enter_connect'),
  'uring-connect': socket('connect'),
  sendto: sends,
  'sendto-unspec': sends,
  sendmsg: sends,
  sendmmsg: sends,
  'send-elsewhere': hooks('socket_sendmsg'),
  bind: socket('bind', 'sys_enter_bind'),
  'listen-moved': socket('listen', 'sys_enter_listen'),
  accept: socket('accept', 'sys_exit_accept', 'sys_exit_accept4'),
  recv: receives,
  recvmsg: receives,
  ptrace: traces,
  seize: traces,
  'vm-readv': traces,
  'proc-mem': traces,
  traceme: hooks('ptrace_traceme'),
  'finit-module': hooks('kernel_read_file', 'kernel_post_read_file', 'locked_down'),
  'init-module': hooks('kernel_load_data', 'kernel_post_load_data', 'locked_down'),
  'bpf-map': hooks('bpf', 'bpf_map_create', 'bpf_map_alloc_security', 'bpf_map'),
  'bpf-prog': hooks('bpf', 'bpf_prog_load', 'bpf_prog_alloc_security', 'bpf_prog'),
  'bpf-get': hooks('bpf', 'bpf_map'),
  // Opens of one file over and over: by a process that ignores signals, or that counts them.
  defiant: opens,
  'fork-open': opens,
  'open-each': opens,
  rounds: opens,
  stubborn: opens,
  watch: opens,
};

/** The kind of rule that denies what a watch opens from an announcement on. */
export const watchedRule = 'deny_path' satisfies RuleKind;

/** By which call libc makes one that an architecture does not have. */
const insteadOf: Readonly<Record<string, string>> = { open: 'openat', creat: 'openat' };

/**
 * LSM hooks that an operation passes, or, where the BPF LSM is not used, tracepoints that are there on an architecture. None for
 * an unknown operation.
 */
export function stopsOf(
  operation: string,
  environment: Environment,
  target: Pick<Target, 'missingSyscalls'>,
): readonly string[] {
  const [word = ''] = operation.split(' ');
  const { hooks: lsm, tracepoints } = Object.hasOwn(stops, word) ? (stops[word] ?? none) : none;
  return environment === 'lsm' ? lsm : tracepoints.flatMap((name) => tracepointOn(name, target));
}

/** The one that is passed instead of one that is not there; none where no other is. */
function tracepointOn(name: string, target: Pick<Target, 'missingSyscalls'>): readonly string[] {
  if (hasTracepoint(name, target)) return [name];
  const [, side = '', call = ''] = /^(sys_(?:enter|exit)_)(.*)$/.exec(name) ?? [];
  return Object.hasOwn(insteadOf, call) ? [`${side}${insteadOf[call] ?? ''}`] : [];
}

/** Kinds of rule that forbid what a scenario attempts; none for a scenario that is more than one attempt. */
export function rulesOf(name: CheckClass, scenario: string): readonly RuleKind[] {
  const own = ownRuleOf(scenario);
  if (own !== null) return [own];
  return scenarioRules().get(scenario) ?? scenarioRules().get(withoutGroup(name, scenario)) ?? [];
}

/** `signal term: execve` is `execve`. */
function withoutGroup(name: CheckClass, scenario: string): string {
  return name === 'signal' ? scenario.slice(scenario.indexOf(': ') + 2) : scenario;
}

let known: ReadonlyMap<string, readonly RuleKind[]> | undefined;

function scenarioRules(): ReadonlyMap<string, readonly RuleKind[]> {
  const listed = (one: Scenario): [string, readonly RuleKind[]] => [one.name, one.rules.filter(forbids)];
  known ??= new Map(denialClasses.flatMap((one) => one.in('/t', unnamedTarget).scenarios.map(listed)));
  return known;
}

function forbids(rule: RuleKind): boolean {
  return rule !== 'allow_cgroup';
}
