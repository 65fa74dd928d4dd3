// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentVm, openAgentVm } from './agent-vm.js';
import { type Answer, loaderPath, runBatch, snapshotOf, uploadProbe } from './probe-vm.js';

const exempt = 'exempt';

const policy = `version=1
[deny_path]
/t/secret
/tmp/secret
[allow_cgroup]
/${exempt}
[deny_ip]
192.0.2.1
127.0.0.9
[deny_ip_port]
127.0.0.1:87
[deny_port]
7777:any:bind
[deny_exec]
/t/quiet
/t/dynamic
[deny_ptrace]
[deny_module_load]
[deny_bpf]
`;

/** Everything that a rule forbids. */
const denied: readonly string[] = [
  'open /t/secret r',
  'openat /t/secret r',
  'openat2 /t/secret r',
  'relative /t secret',
  'dirfd /t secret',
  'reopen /t/secret',
  'unfaulted /t/secret',
  'setns-root /t/secret',
  'self-root /t/secret',
  'open-handle /tmp/secret',
  'truncate /t/secret',
  'rename /t/secret /t/renamed',
  'link /t/secret /t/hard',
  'unlink /t/secret',
  'write /t/secret x',
  'bind-mount /t/secret /t/allowed',
  'chroot /t /secret',
  'userns /t/secret',
  'overlay-open /t secret r',
  'overlay-open /t secret w',
  'swap /t/swapped /t/allowed /t/secret 500',
  'uring-open /t/secret',
  'uring-openat2 /t/secret',
  'uring-connect 192.0.2.1 99',
  'exec /t/quiet',
  'execveat /t/quiet',
  'script /t/script',
  `loader ${loaderPath} /t/dynamic`,
  'map /t/quiet',
  'ptrace',
  'seize',
  'vm-readv',
  'traceme',
  'init-module /modules/extra/dummy.ko',
  'finit-module /modules/extra/dummy.ko',
  'finit_module /modules/extra/dummy.ko',
  'init_module',
  'bpf',
  'bpf-map',
  'bpf-prog',
  'bpf-get /t/pins/map',
  'connect 192.0.2.1 99 tcp',
  'connect 192.0.2.1 99 udp',
  'connect-mapped 127.0.0.1 87',
  'bind 127.0.0.1 7777 tcp',
  'sendto 192.0.2.1 99',
  'sendto-unspec 192.0.2.1 99',
  'sendmsg 192.0.2.1 99',
  'sendmmsg 192.0.2.1 99',
  'accept 7000 127.0.0.9',
  'recv 7000 127.0.0.9',
  'recvmsg 7000 127.0.0.9',
  'send-elsewhere 7000 127.0.0.9 192.0.2.7',
];

/** Arranged where the rules do not hold, tried where they do. */
const deniedMoved = ['map-opened /t/secret', 'listen-moved 127.0.0.1 7777'];

const allowed = ['open /t/allowed r', 'kill-child', 'exec /probe/quiet', 'memfd-exec /probe/quiet'];

const arranged = [
  'address 192.0.2.1',
  'write /t/allowed allowed',
  'write /t/secret Secret',
  'write /tmp/secret Secret',
  'copy /probe/quiet /t/quiet 0755',
  'copy /probe/dynamic /t/dynamic 0755',
  'write /t/script.text #!/t/quiet',
  'copy /t/script.text /t/script 0755',
  'bpf-pin /t/pins/map',
];

const eperm: Answer = { kind: 'returned', errno: 1 };
const ok: Answer = { kind: 'returned', errno: 0 };

describe('the probe, with an agent that forbids', () => {
  let vm: AgentVm;
  beforeAll(async () => {
    vm = await openAgentVm('6.12');
    await uploadProbe(vm.guest);
    await vm.attempt(['mkdir', '/t']);
    // In the cgroup: a policy wants it to exist.
    await all(arranged, ok, exempt);
  });
  afterAll(() => vm.stop());

  /** Tries all of them and expects the same of each. */
  async function all(attempts: readonly string[], expected: Answer, cgroup?: string): Promise<void> {
    const lines = attempts.map((attempt) => ({
      argv: attempt.split(' '),
      ...(cgroup === undefined ? {} : { cgroup }),
    }));
    const answers = await runBatch(vm.guest, lines);
    expect(attempts.map((attempt, index) => [attempt, answers[index]])).toEqual(
      attempts.map((each) => [each, expected]),
    );
  }

  it('reports every denial as EPERM, and what is allowed as 0', async () => {
    const report = await vm.start(['--enforce', '--enforce-signal=none'], { policy });
    expect(report.runtime_state).toBe('ENFORCE');
    await all(denied, eperm);
    await all(deniedMoved, eperm, exempt);
    // Whatever a hook answers, opening /proc/PID/mem says EACCES.
    await all(['proc-mem'], { kind: 'returned', errno: 13 });
    await all(allowed, ok);
    await all(['open /t/secret r'], ok, exempt);
  });

  it('the oracle sees what is live', async () => {
    const { programs, links, config, configs } = await snapshotOf(vm.guest, `/sys/fs/cgroup/${exempt}`);
    expect(configs).toBe(1);
    expect(config).toMatch(/^00[0-9a-f]{94}$/);
    for (const hook of ['file_open', 'socket_connect', 'bprm_check_security']) {
      const program = programs.find((each) => each.hook === hook);
      expect(program).toMatchObject({ type: 'lsm' });
      expect(links).toContainEqual(expect.objectContaining({ type: 'tracing', hook, programId: program?.id }));
    }
    await vm.end();
  });

  it('distinguishes a signal from a denial, and sees programs on tracepoints', async () => {
    await vm.put('/t/lsm', 'lockdown');
    const report = await vm.start(['--enforce', '--enforce-fallback=signal', '--enforce-signal=term'], {
      policy: 'version=1\n[deny_path]\n/t/secret\n[deny_ip]\n192.0.2.1\n',
      env: { AEGIS_LSM_PATH: '/t/lsm' },
    });
    expect(report.runtime_state).toBe('ENFORCE_SIGNAL');
    const term: Answer = { kind: 'signalled', signal: 15 };
    await all(['openat /t/secret r', 'connect 192.0.2.1 99 tcp', 'sendto 192.0.2.1 99'], term);
    const { perf, programs } = await snapshotOf(vm.guest);
    expect(perf.map(({ tracepoint }) => tracepoint)).toEqual(expect.arrayContaining(['sys_enter_connect']));
    expect(programs.map(({ id }) => id)).toEqual(expect.arrayContaining(perf.map(({ programId }) => programId)));
    await vm.end();
    expect((await snapshotOf(vm.guest)).programs).toEqual([]);
  });
});
