// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runInGuest } from '../../guest/process.js';
import { type AgentVm, type Attempted, openAgentVm } from './agent-vm.js';

const EPERM = 1;
const ok: Attempted = { errno: 0 };
const denied: Attempted = { errno: EPERM };

/** Every kind of rule, with a denied case and an allowed neighbour beside it. */
const policy = (inode: string): string => `version=1
[deny_path]
/t/secret
/t/later
/t/vault
/t/merged/over
/t/way/f
[deny_inode]
${inode}
[allow_cgroup]
/exempt
[deny_exec]
/t/tool
[deny_ip]
127.0.0.2
::2
[deny_cidr]
127.0.3.0/24
[deny_ip_port]
127.0.0.4:81
127.0.0.1:86
[::1]:86
127.0.0.1:87
[deny_port]
82
83:tcp:bind
84:udp:egress
[deny_ptrace]
[deny_module_load]
[deny_bpf]
`;

interface Case {
  readonly what: string;
  readonly attempt: string;
  /** What the operation comes to without the agent; 0 when left out. Some allowed ones fail in their own way. */
  readonly free?: number;
}

const ECONNREFUSED = 111;
const ENOEXEC = 8;
const exempt = '/sys/fs/cgroup/exempt';

/** Denied: EPERM with the agent, `free` without it. */
const deniedCases: readonly Case[] = [
  { what: 'open(2)', attempt: 'open /t/secret r' },
  { what: 'creat(2)', attempt: 'creat /t/secret' },
  { what: 'openat', attempt: 'openat /t/secret r' },
  { what: 'openat2', attempt: 'openat2 /t/secret r' },
  { what: 'open for writing', attempt: 'open /t/secret w' },
  { what: 'open with O_TRUNC', attempt: 'open /t/secret wt' },
  { what: 'a relative path', attempt: 'relative /t secret' },
  { what: 'relative to a descriptor', attempt: 'dirfd /t secret' },
  { what: 'a path with ..', attempt: 'open /t/sub/../secret r' },
  { what: 'a symlink', attempt: 'open /t/symlink r' },
  { what: 'a hard link', attempt: 'open /t/hardlink r' },
  { what: '/proc/self/fd', attempt: 'reopen /t/secret' },
  { what: 'a path in an unfaulted page', attempt: 'unfaulted /t/secret' },
  { what: 'a bind mount', attempt: 'bind-mount /t/secret /t/mountpoint' },
  { what: 'truncate(2)', attempt: 'truncate /t/secret' },
  { what: 'rename away', attempt: 'rename /t/secret /t/moved' },
  { what: 'rename over', attempt: 'rename /t/rename-source /t/secret' },
  { what: 'link', attempt: 'link /t/secret /t/new-link' },
  { what: 'a file below a denied folder', attempt: 'open /t/vault/inside r' },
  { what: 'a rule on an inode', attempt: 'open /t/by-inode r' },
  { what: 'execve', attempt: 'exec /t/tool' },
  { what: 'an executable mapping', attempt: 'map /t/tool' },
  { what: 'deny_ip', attempt: 'connect 127.0.0.2 80 tcp', free: ECONNREFUSED },
  { what: 'deny_ip by IPv4-mapped IPv6', attempt: 'connect ::ffff:127.0.0.2 80 tcp', free: ECONNREFUSED },
  { what: 'deny_ip by MPTCP', attempt: 'connect 127.0.0.2 80 mptcp', free: ECONNREFUSED },
  { what: 'deny_ip over udp', attempt: 'connect 127.0.0.2 80 udp' },
  { what: 'deny_ip of IPv6', attempt: 'connect ::2 80 udp', free: 101 },
  { what: 'deny_cidr', attempt: 'connect 127.0.3.200 80 tcp', free: ECONNREFUSED },
  { what: 'deny_ip_port', attempt: 'connect 127.0.0.4 81 tcp', free: ECONNREFUSED },
  { what: 'the unspecified address, which is loopback', attempt: 'connect 0.0.0.0 86 tcp', free: ECONNREFUSED },
  { what: 'the unspecified IPv6 address', attempt: 'connect :: 86 tcp', free: ECONNREFUSED },
  { what: 'the unspecified address, mapped', attempt: 'connect ::ffff:0.0.0.0 86 tcp', free: ECONNREFUSED },
  {
    what: 'the unspecified IPv6 address of a mapped socket',
    attempt: 'connect-mapped 127.0.0.1 87',
    free: ECONNREFUSED,
  },
  { what: 'deny_port for egress', attempt: 'connect 127.0.0.1 82 tcp', free: ECONNREFUSED },
  { what: 'deny_port of udp for egress', attempt: 'sendto 127.0.0.1 84' },
  { what: 'sendto', attempt: 'sendto 127.0.0.2 80' },
  { what: 'sendto with AF_UNSPEC', attempt: 'sendto-unspec 127.0.0.2 80' },
  { what: 'sendto by IPv4-mapped IPv6', attempt: 'sendto ::ffff:127.0.0.2 80' },
  { what: 'sendmsg', attempt: 'sendmsg 127.0.3.1 80' },
  { what: 'deny_port for bind', attempt: 'bind 127.0.0.1 82 tcp' },
  { what: 'deny_port for bind of tcp', attempt: 'bind 0.0.0.0 83 tcp' },
  { what: 'deny_port for bind of tcp by MPTCP', attempt: 'bind 127.0.0.1 83 mptcp' },
  { what: 'deny_port for bind by IPv6', attempt: 'bind ::1 83 tcp' },
  { what: 'accept of a peer that waits', attempt: 'accept 9001 127.0.0.2' },
  { what: 'recv from a peer that came after accept', attempt: 'recv 9002 127.0.3.3' },
  { what: 'send to a denied peer, naming another', attempt: 'send-elsewhere 9006 127.0.3.3 127.0.0.5' },
  { what: 'ptrace', attempt: 'ptrace' },
  { what: 'PTRACE_TRACEME', attempt: 'traceme' },
  { what: 'finit_module', attempt: 'finit_module /t/allowed', free: ENOEXEC },
  { what: 'init_module', attempt: 'init_module', free: ENOEXEC },
  { what: 'bpf(2)', attempt: 'bpf' },
  { what: 'a path that appeared later', attempt: 'open /t/later r' },
  { what: 'a hard link of a path that appeared later', attempt: 'open /t/later-link r' },
];

/** Beside the rules: the same with the agent as without it. */
const allowedCases: readonly Case[] = [
  { what: 'another file', attempt: 'open /t/allowed r' },
  { what: 'truncate of another file', attempt: 'truncate /t/scratch' },
  { what: 'rename of another file', attempt: 'rename /t/scratch /t/scratch' },
  { what: 'another program', attempt: 'exec /t/other-tool' },
  { what: 'an executable mapping of another file', attempt: 'map /t/other-tool' },
  { what: 'reading a program that may not run', attempt: 'open /t/tool r' },
  { what: 'another address', attempt: 'connect 127.0.0.5 80 tcp', free: ECONNREFUSED },
  { what: 'an address beside the prefix', attempt: 'connect 127.0.4.1 80 tcp', free: ECONNREFUSED },
  { what: 'an IPv6 address beside a rule on IPv4', attempt: 'connect ::1 87 tcp', free: ECONNREFUSED },
  { what: 'another port of a denied pair', attempt: 'connect 127.0.0.4 80 tcp', free: ECONNREFUSED },
  { what: 'another port', attempt: 'connect 127.0.0.1 85 tcp', free: ECONNREFUSED },
  { what: 'egress to a port that is denied for bind', attempt: 'connect 127.0.0.1 83 tcp', free: ECONNREFUSED },
  { what: 'tcp to a port that is denied for udp', attempt: 'connect 127.0.0.1 84 tcp', free: ECONNREFUSED },
  { what: 'udp on a port that is denied for tcp', attempt: 'bind 127.0.0.1 83 udp' },
  { what: 'sendto another address', attempt: 'sendto 127.0.0.5 80' },
  { what: 'bind of another port', attempt: 'bind 127.0.0.1 85 tcp' },
  { what: 'listen on another port', attempt: 'listen 127.0.0.1 9003' },
  { what: 'accept of another peer', attempt: 'accept 9004 127.0.0.5' },
  { what: 'recv from another peer', attempt: 'recv 9005 127.0.0.5' },
  { what: 'send to another peer, naming a denied one', attempt: 'send-elsewhere 9007 127.0.0.5 127.0.3.3' },
];

async function arrange(vm: AgentVm): Promise<string> {
  const { stdout } = await runInGuest(vm.guest, { argv: ['/aegis/attempt', 'mkdir', '/t'], timeout: 10_000 });
  expect(stdout.toString().trim()).toBe('0');
  for (const folder of ['/t/sub', '/t/vault', '/t/lower', '/t/upper', '/t/work', '/t/merged', '/t/dir']) {
    expect(await vm.attempt(['mkdir', folder])).toEqual(ok);
  }
  const files = [
    'secret',
    'allowed',
    'scratch',
    'by-inode',
    'mountpoint',
    'vault/inside',
    'rename-source',
    'dir/f',
    'dir/new',
  ];
  for (const file of files) await vm.put(`/t/${file}`, 'x'.repeat(4096));
  for (const tool of ['tool', 'other-tool']) await vm.copyAttempt(`/t/${tool}`);
  expect(await vm.attempt(['symlink', '/t/secret', '/t/symlink'])).toEqual(ok);
  expect(await vm.attempt(['symlink', '/t/dir', '/t/way'])).toEqual(ok);
  await restore(vm);
  expect(await vm.attempt(['mkdir', exempt])).toEqual(ok);
  return vm.inodeOf('/t/by-inode');
}

/** Each file again, as it was: a control run without the agent renames and truncates for real. */
async function restore(vm: AgentVm): Promise<void> {
  await vm.attempt(['rename', '/t/moved', '/t/secret']);
  for (const file of ['secret', 'scratch', 'rename-source']) await vm.put(`/t/${file}`, 'x'.repeat(4096));
  for (const link of ['new-link', 'hardlink']) await vm.attempt(['unlink', `/t/${link}`]);
  await vm.attempt(['link', '/t/secret', '/t/hardlink']);
}

describe.each(['6.1', '6.12', '6.17', '7.2'])('enforcement on %s', (kernel) => {
  let vm: AgentVm;
  let inode: string;

  beforeAll(async () => {
    vm = await openAgentVm(kernel);
    inode = await arrange(vm);
  });
  afterAll(() => vm.stop());

  it('every operation has its own outcome without the agent', async () => {
    await vm.put('/t/later', 'x');
    await vm.attempt(['link', '/t/later', '/t/later-link']);
    for (const { attempt, free = 0 } of [...deniedCases, ...allowedCases]) {
      expect([attempt, await vm.attempt(attempt.split(' '))]).toEqual([attempt, { errno: free }]);
      await restore(vm);
    }
    await vm.attempt(['unlink', '/t/later-link']);
    await vm.attempt(['unlink', '/t/later']);
  });

  it('announces ENFORCE with every hook attached', async () => {
    const report = await vm.start(['--enforce', '--enforce-signal=none'], { policy: policy(inode) });
    expect(report).toMatchObject({
      runtime_state: 'ENFORCE',
      capability: 'Full',
      audit_only: false,
      enforce_capable: true,
      enforce_blockers: [],
      lsm_enabled: true,
      error: null,
    });
    expect(Object.entries(report.hooks).filter(([, state]) => state !== 'attached')).toEqual([]);
    expect(Object.keys(report.hooks)).toHaveLength(20);
  });

  it('denies with EPERM', async () => {
    await vm.attempt(['open', '/t/later', 'wc'], exempt);
    // At once: by its string, before the agent has read the path again and found an inode.
    expect(await vm.attempt(['open', '/t/later', 'r'])).toEqual(denied);
    await vm.attempt(['link', '/t/later', '/t/later-link'], exempt);
    for (const { attempt } of deniedCases) {
      expect([attempt, await vm.attempt(attempt.split(' '))]).toEqual([attempt, denied]);
    }
    expect(await vm.attempt(['unlink', '/t/secret'])).toEqual(denied);
    // Bound while exempt, so that the answer is that of listen and not of bind.
    expect(await vm.attempt(['listen-moved', '127.0.0.1', '83'], exempt)).toEqual(denied);
  });

  it('goes on denying a path below a symlinked folder after its file was replaced', async () => {
    expect(await vm.attempt(['openat', '/t/way/f', 'r'])).toEqual(denied);
    await vm.attempt(['rename', '/t/dir/new', '/t/dir/f'], exempt);
    // The agent reads its paths again once a second.
    await sleep(3000);
    expect(await vm.attempt(['openat', '/t/way/f', 'r'])).toEqual(denied);
    expect(await vm.attempt(['openat', '/t/dir/f', 'r'])).toEqual(denied);
  });

  it('leaves the neighbours alone', async () => {
    for (const { attempt, free = 0 } of allowedCases) {
      expect([attempt, await vm.attempt(attempt.split(' '))]).toEqual([attempt, { errno: free }]);
    }
  });

  it('leaves an exempt cgroup alone', async () => {
    for (const { attempt, free = 0 } of deniedCases.filter(({ what }) => /open|connect|ptrace|bpf/.test(what))) {
      expect([attempt, await vm.attempt(attempt.split(' '), exempt)]).toEqual([attempt, { errno: free }]);
    }
  });

  it('reports each attempt as it was, and stops at SIGTERM', async () => {
    const { end, events } = await vm.end();
    expect(end).toEqual({ kind: 'exited', status: 0 });
    expect(events[0]).toMatchObject({ type: 'state_change', state: 'ENFORCE' });
    for (const event of events) {
      if (event.type !== 'state_change' && event.type !== 'exec') expect(event).toMatchObject({ action: 'BLOCK' });
    }
    const types = new Set(events.map(({ type }) => type));
    for (const type of ['block', 'exec', 'connect', 'bind', 'listen', 'accept', 'sendmsg', 'recvmsg']) {
      const full = type === 'block' || type === 'exec' ? type : (`net_${type}_block` as const);
      expect([full, types.has(full as never)]).toEqual([full, true]);
    }
    expect(events).toContainEqual(
      expect.objectContaining({ remote_ip: '127.0.0.2', rule_type: 'ip', family: 'ipv4', comm: 'attempt' }),
    );
    expect(events).toContainEqual(expect.objectContaining({ remote_ip: '127.0.3.200', rule_type: 'cidr' }));
    expect(events).toContainEqual(expect.objectContaining({ remote_port: 81, rule_type: 'ip_port' }));
    expect(events).toContainEqual(expect.objectContaining({ local_port: 83, rule_type: 'port', direction: 'bind' }));
    expect(await vm.attempt(['open', '/t/secret', 'r'])).toEqual(ok);
  });
});
