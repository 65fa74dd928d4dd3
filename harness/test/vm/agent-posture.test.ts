// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBpfElf } from '../../config/elf.js';
import { getFile, putFile, removeFile } from '../../guest/files.js';
import { type AgentVm, openAgentVm } from './agent-vm.js';

const SIGINT = 2;
const SIGKILL = 9;
const SIGTERM = 15;
const EPERM = 1;
const ECONNREFUSED = 111;

const fileRule = 'version=1\n[deny_path]\n/t/secret\n';
const bothRules = `${fileRule}/aegis/aegis-agent\n[deny_exec]\n/t/tool\n[deny_ip]\n127.0.0.2\n[deny_port]\n82\n`;

const enforce = ['--enforce'];
const enforceNone = ['--enforce', '--enforce-signal=none'];
const signal = '--enforce-fallback=signal';
const auditFallback = '--enforce-gate-mode=audit-fallback';

const openSecret = ['open', '/t/secret', 'r'];

async function bootArranged(kernel: string, lsm?: readonly string[]): Promise<AgentVm> {
  const vm = await openAgentVm(kernel, lsm);
  await vm.put('/t/secret', 'x'.repeat(4096));
  await vm.put('/t/allowed', 'x'.repeat(4096));
  await vm.put('/t/mountpoint', '');
  await vm.copyAttempt('/t/tool');
  await vm.attempt(['mkdir', '/t/sub']);
  await vm.attempt(['symlink', '/t/secret', '/t/symlink']);
  await vm.attempt(['link', '/t/secret', '/t/hardlink']);
  await vm.put('/aegis/lsm-without-bpf', 'landlock,lockdown,yama,bpf_not');
  await vm.put('/aegis/lsm-with-bpf', 'landlock,bpf\n');
  return vm;
}

const attached = (states: Readonly<Record<string, string>>): string[] =>
  Object.keys(states).filter((name) => states[name] === 'attached');

describe('with the BPF LSM', () => {
  let vm: AgentVm;
  beforeAll(async () => {
    vm = await bootArranged('6.12');
  });
  afterAll(() => vm.stop());

  it('audit: reports, and denies nothing', async () => {
    const report = await vm.start([], { policy: fileRule });
    expect(report).toMatchObject({
      runtime_state: 'AUDIT',
      capability: 'Full',
      audit_only: true,
      enforce_capable: true,
    });
    expect(await vm.attempt(openSecret)).toEqual({ errno: 0 });
    const { events } = await vm.end();
    expect(events).toContainEqual(expect.objectContaining({ type: 'block', rule: 'inode', action: 'AUDIT' }));
  });

  it('--enforce-signal=term denies and signals', async () => {
    await vm.start(enforce, { policy: fileRule });
    expect(await vm.attempt(openSecret)).toEqual({ signal: SIGTERM });
    expect(await vm.attempt(['open', '/t/allowed', 'r'])).toEqual({ errno: 0 });
    const { events } = await vm.end();
    expect(events.filter(({ type }) => type === 'block').map(({ action }) => action)).toEqual(['TERM']);
  });

  it('kill: TERM until N violations, then KILL, by process', async () => {
    await vm.start(['--enforce', '--enforce-signal=kill', '--kill-escalation-threshold', '3'], { policy: fileRule });
    expect(await vm.attempt(openSecret)).toEqual({ signal: SIGTERM });
    expect(await vm.attempt(['stubborn', '10', '/t/secret'])).toEqual({ signal: SIGKILL });
    const { events } = await vm.end();
    const actions = events.filter(({ type }) => type === 'block').map(({ action }) => action);
    expect(actions).toEqual(['TERM', 'TERM', 'TERM', 'KILL']);
  });

  it('kill: violations outside of the window do not add up', async () => {
    const flags = ['--kill-escalation-threshold', '2', '--kill-escalation-window-seconds', '1'];
    await vm.start(['--enforce', '--enforce-signal=kill', ...flags], { policy: fileRule });
    expect(await vm.attempt(['stubborn', '1', '/t/secret'])).toEqual({ errno: 0 });
    expect(await vm.attempt(['patient', '3', '/t/secret'])).toEqual({ errno: 0 });
    const { events } = await vm.end();
    expect(new Set(events.filter(({ type }) => type === 'block').map(({ action }) => action))).toEqual(
      new Set(['TERM']),
    );
  });

  it('a program the kernel refuses costs only itself where no rule needs it', async () => {
    await putFile(vm.guest, '/aegis/bad.bpf.o', await withBadProgram('lsm/socket_listen'));
    const env = { AEGIS_BPF_OBJ: '/aegis/bad.bpf.o' };
    const report = await vm.start(enforceNone, { policy: fileRule, env });
    expect(report).toMatchObject({ runtime_state: 'ENFORCE', capability: 'Full', enforce_blockers: [] });
    expect(report.hooks['lsm_socket_listen']).toMatch(/^rejected: .*: last insn is not an exit or jmp$/);
    expect(attached(report.hooks)).toHaveLength(19);
    expect(await vm.attempt(openSecret)).toEqual({ errno: EPERM });
    await vm.end();
  });

  it('a refused program that a rule needs: fail-closed ends, audit-fallback audits', async () => {
    const env = { AEGIS_BPF_OBJ: '/aegis/bad.bpf.o' };
    const policy = bothRules;
    const closed = await vm.startInVain(enforce, { policy, env });
    expect(closed.end).toEqual({ kind: 'exited', status: 1 });
    expect(closed.report).toMatchObject({
      runtime_state: 'DEGRADED',
      capability: 'AuditOnly',
      enforce_capable: false,
      enforce_blockers: ['CAPABILITY_AUDIT_ONLY', 'NETWORK_HOOK_UNAVAILABLE'],
    });
    const reason = 'NETWORK_HOOK_UNAVAILABLE';
    expect(closed.events).toMatchObject([{ type: 'state_change', state: 'DEGRADED', reason }]);
    expect(await vm.attempt(openSecret)).toEqual({ errno: 0 });

    const report = await vm.start([...enforce, auditFallback], { policy, env });
    expect(report).toMatchObject({ runtime_state: 'AUDIT_FALLBACK', audit_only: true, enforce_capable: false });
    expect(await vm.attempt(openSecret)).toEqual({ errno: 0 });
    const { events } = await vm.end();
    expect(events).toContainEqual(expect.objectContaining({ type: 'block', action: 'AUDIT' }));
  });

  it('a hook that is not in the BTF is reported as that', async () => {
    const btf = await getFile(vm.guest, '/sys/kernel/btf/vmlinux');
    const name = Buffer.from('\0bpf_lsm_socket_connect\0');
    expect(btf.includes(name)).toBe(true);
    btf.write('\0bpf_lsm_socket_connecs\0', btf.indexOf(name));
    await putFile(vm.guest, '/aegis/btf', btf);
    const env = { AEGIS_BTF_VMLINUX_PATH: '/aegis/btf' };
    const { report, end } = await vm.startInVain(enforce, { policy: bothRules, env });
    expect(end).toEqual({ kind: 'exited', status: 1 });
    expect(report.hooks['lsm_socket_connect']).toBe("no bpf_lsm_socket_connect in the kernel's BTF");
    expect(report.enforce_blockers).toContain('NETWORK_HOOK_UNAVAILABLE');
    expect(report.enforce_blockers).not.toContain('FILE_HOOK_UNAVAILABLE');
  });

  it.each([
    ['a missing object', { AEGIS_BPF_OBJ: '/nowhere.bpf.o' }, fileRule, 'OBJECT_MISSING'],
    ['an object that is none', { AEGIS_BPF_OBJ: '/aegis/lsm-with-bpf' }, fileRule, 'OBJECT_INVALID'],
    ['no BTF', { AEGIS_BTF_VMLINUX_PATH: '/nowhere' }, fileRule, 'CORE_UNSUPPORTED'],
    ['a malformed policy', {}, 'version=1\n[deny_ip]\nnonsense\n', 'POLICY_INVALID'],
    ['an empty policy', {}, '', 'POLICY_INVALID'],
    ['a cgroup that is not there', {}, 'version=1\n[allow_cgroup]\n/none\n', 'POLICY_INVALID'],
  ])('%s: DEGRADED, exit 1, a report', async (_, env, policy, code) => {
    const { end, report, events } = await vm.startInVain([], { policy, env });
    expect(end).toEqual({ kind: 'exited', status: 1 });
    expect(report).toMatchObject({ runtime_state: 'DEGRADED', capability: 'Disabled', enforce_capable: false });
    expect(report.enforce_blockers).toContain(code);
    expect(report.policy.applied).toBe(false);
    expect(events).toMatchObject([{ type: 'state_change', state: 'DEGRADED', reason: code }]);
  });

  it('names file and line of what is wrong with a policy', async () => {
    const { report } = await vm.startInVain([], { policy: 'version=1\n[deny_ip]\nnonsense\n' });
    expect(report.error).toBe('/aegis/policy:3: [deny_ip] not an IPv4 or IPv6 address: nonsense');
  });

  it.each([
    ['an ordinary user', { uid: 65534 }],
    ['root without capabilities', { uncapped: true }],
  ])('%s: DEGRADED, exit 1, a report', async (_, who) => {
    const env = { AEGIS_CAPABILITIES_REPORT_PATH: '/tmp/unprivileged.json' };
    const { end, report } = await vm.startInVain(enforce, { policy: fileRule, env, ...who });
    expect(end).toEqual({ kind: 'exited', status: 1 });
    expect(report).toMatchObject({ runtime_state: 'DEGRADED', capability: 'Disabled' });
    expect(report.enforce_blockers).toContain('PRIVILEGES_MISSING');
    await removeFile(vm.guest, '/tmp/unprivileged.json');
  });

  it('a wrong command line: exit 2, a report', async () => {
    const { end, report } = await vm.startInVain(['--enforce-signal=stop']);
    expect(end).toEqual({ kind: 'exited', status: 2 });
    expect(report.enforce_blockers).toContain('USAGE');
  });

  it('the fallback asked for too: still ENFORCE, and no fallback tracepoint', async () => {
    const report = await vm.start([...enforceNone, signal], { policy: bothRules });
    expect(report.runtime_state).toBe('ENFORCE');
    expect(attached(report.tracepoints).sort()).toEqual([
      'sched/sched_process_exit',
      'sched/sched_process_fork',
      'syscalls/sys_enter_execve',
    ]);
    expect(await vm.attempt(openSecret)).toEqual({ errno: EPERM });
  });

  it('a second agent gives up, and the first one keeps its report and its rules', async () => {
    const first = await vm.report();
    expect(await vm.startBeside(enforce)).toEqual({ kind: 'exited', status: 1 });
    expect(await vm.report()).toEqual(first);
    const refused = JSON.parse(
      (await getFile(vm.guest, '/aegis/capabilities.json.second-instance')).toString(),
    ) as unknown;
    expect(refused).toMatchObject({ runtime_state: 'DEGRADED', error: 'another agent is running' });
    expect(await vm.attempt(openSecret)).toEqual({ errno: EPERM });
  });

  it('SIGKILL: the links go with the agent', async () => {
    await vm.kill();
    expect(await vm.attempt(openSecret)).toEqual({ errno: 0 });
  });

  it('takes 65536 addresses, and signals INT', async () => {
    const addresses = Array.from({ length: 65_536 }, (_, index) => `10.1.${index >> 8}.${index & 255}`);
    const flags = ['--enforce', '--enforce-signal=int'];
    const report = await vm.start(flags, { policy: `version=1\n[deny_ip]\n${addresses.join('\n')}\n` });
    expect(report).toMatchObject({ runtime_state: 'ENFORCE', policy: { rules: 65_536, applied: true } });
    for (const address of ['10.1.0.0', '10.1.128.7', '10.1.255.255']) {
      expect(await vm.attempt(['connect', address, '80', 'udp'])).toEqual({ signal: SIGINT });
    }
    expect(await vm.attempt(['connect', '127.0.0.1', '80', 'tcp'])).toEqual({ errno: ECONNREFUSED });
    const { events } = await vm.end();
    expect(events.filter(({ type }) => type === 'net_connect_block').map(({ action }) => action)).toEqual([
      'INT',
      'INT',
      'INT',
    ]);
  });
});

/** What the tracepoints meet, and by which signal. */
const signalled = [
  'open /t/secret r',
  'creat /t/secret',
  'openat /t/secret r',
  'openat2 /t/secret r',
  'relative /t secret',
  'dirfd /t secret',
  'open /t/sub/../secret r',
  'open /t/symlink r',
  'open /t/hardlink r',
  'reopen /t/secret',
  'unfaulted /t/secret',
  'bind-mount /t/secret /t/mountpoint',
  'exec /t/tool',
  'connect 127.0.0.2 80 tcp',
  'connect ::ffff:127.0.0.2 80 tcp',
  'connect 127.0.0.2 80 mptcp',
  'connect 127.0.0.1 82 tcp',
  'sendto 127.0.0.2 80',
  'sendto-unspec 127.0.0.2 80',
  'sendmsg 127.0.0.2 80',
  'bind 127.0.0.1 82 tcp',
  'accept 9001 127.0.0.2',
];

/** Beside the rules, and what a tracepoint cannot see: docs/fallback-limits.md names each. */
const untouched: readonly (readonly [string, number])[] = [
  ['open /t/allowed r', 0],
  ['connect 127.0.0.5 80 tcp', ECONNREFUSED],
  ['connect 127.0.0.1 81 tcp', ECONNREFUSED],
  ['sendto 127.0.0.5 80', 0],
  ['bind 127.0.0.1 85 tcp', 0],
  ['accept 9002 127.0.0.5', 0],
  ['truncate /t/hardlink', 0],
  ['map /t/tool', 0],
];

describe.each([
  ['6.12, which believes AEGIS_LSM_PATH', '6.12', undefined],
  ['6.1, booted without bpf in lsm=', '6.1', ['landlock', 'yama']],
])('without the BPF LSM: %s', (_, kernel, lsm) => {
  let vm: AgentVm;
  const env: Record<string, string> = lsm === undefined ? { AEGIS_LSM_PATH: '/aegis/lsm-without-bpf' } : {};
  beforeAll(async () => {
    vm = await bootArranged(kernel, lsm);
  });
  afterAll(() => vm.stop());

  it('fallback=signal: ENFORCE_SIGNAL, and says what it is not', async () => {
    const report = await vm.start([...enforce, signal], { policy: bothRules, env });
    expect(report).toMatchObject({
      runtime_state: 'ENFORCE_SIGNAL',
      capability: 'AuditOnly',
      audit_only: false,
      enforce_capable: false,
      enforce_blockers: ['CAPABILITY_AUDIT_ONLY', 'BPF_LSM_DISABLED'],
      lsm_enabled: false,
    });
    expect(attached(report.hooks)).toEqual([]);
    expect(attached(report.tracepoints)).toHaveLength(19);
  });

  it('signals every denied attempt once, by whatever name', async () => {
    for (const attempt of signalled) {
      expect([attempt, await vm.attempt(attempt.split(' '))]).toEqual([attempt, { signal: SIGTERM }]);
    }
    // No rule takes the agent or the loader from the machine, not even one that names it.
    expect(await vm.attempt(['open', '/aegis/aegis-agent', 'r'])).toEqual({ errno: 0 });
    for (const [attempt, errno] of untouched) {
      expect([attempt, await vm.attempt(attempt.split(' '))]).toEqual([attempt, { errno }]);
    }
    const { end, events } = await vm.end();
    expect(end).toEqual({ kind: 'exited', status: 0 });
    const attempts = events.filter(({ type }) => type !== 'state_change' && type !== 'exec');
    expect(new Set(attempts.map(({ action }) => action))).toEqual(new Set(['TERM']));
    expect(attempts).toHaveLength(signalled.length);
    expect(attempts).toContainEqual(expect.objectContaining({ rule: 'path', path: '/t/secret' }));
    expect(attempts).toContainEqual(expect.objectContaining({ rule: 'inode' }));
  });

  it('signal none means KILL', async () => {
    await vm.start([...enforceNone, signal], { policy: bothRules, env });
    expect(await vm.attempt(openSecret)).toEqual({ signal: SIGKILL });
    expect(await vm.attempt(['connect', '127.0.0.2', '80', 'tcp'])).toEqual({ signal: SIGKILL });
    const { events } = await vm.end();
    expect(events).toContainEqual(expect.objectContaining({ type: 'block', action: 'KILL' }));
  });

  it('fallback off: fail-closed ends, audit-fallback audits', async () => {
    const { end, report } = await vm.startInVain(enforce, { policy: bothRules, env });
    expect(end).toEqual({ kind: 'exited', status: 1 });
    expect(report).toMatchObject({ runtime_state: 'DEGRADED', enforce_capable: false, lsm_enabled: false });
    expect(report.enforce_blockers).toContain('BPF_LSM_DISABLED');

    const fallback = await vm.start([...enforce, auditFallback], { policy: bothRules, env });
    expect(fallback).toMatchObject({ runtime_state: 'AUDIT_FALLBACK', audit_only: true });
    expect(await vm.attempt(openSecret)).toEqual({ errno: 0 });
    const { events } = await vm.end();
    expect(events).toContainEqual(expect.objectContaining({ type: 'block', action: 'AUDIT', path: '/t/secret' }));
  });

  it('a rule no tracepoint can serve: never ENFORCE_SIGNAL', async () => {
    const policy = `${fileRule}[deny_ptrace]\n`;
    const { end, report } = await vm.startInVain([...enforce, signal], { policy, env });
    expect(end).toEqual({ kind: 'exited', status: 1 });
    expect(report.runtime_state).toBe('DEGRADED');
    const fallback = await vm.start([...enforce, signal, auditFallback], { policy, env });
    expect(fallback.runtime_state).toBe('AUDIT_FALLBACK');
    await vm.end();
  });

  it('audit: AUDIT', async () => {
    const report = await vm.start(['--audit'], { policy: bothRules, env });
    expect(report).toMatchObject({ runtime_state: 'AUDIT', audit_only: true, lsm_enabled: false });
    expect(await vm.attempt(openSecret)).toEqual({ errno: 0 });
    const { events } = await vm.end();
    expect(events).toContainEqual(expect.objectContaining({ type: 'block', action: 'AUDIT' }));
  });
});

/** Our object with a program that runs on past its end. */
async function withBadProgram(section: string): Promise<Buffer> {
  const bytes = await readFile('build/aegis.bpf.o');
  const found = readBpfElf(bytes).find(({ name }) => name === section);
  if (found === undefined) throw new Error(`no section ${section}`);
  const move = Buffer.from([0xbf, 0, 0, 0, 0, 0, 0, 0]);
  move.copy(bytes, found.offset + found.size - move.length);
  return bytes;
}
