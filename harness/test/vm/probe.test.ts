// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getTextIfThere, putFile } from '../../guest/files.js';
import { runInGuest, sendSignal, spawnInGuest, waitForProcess } from '../../guest/process.js';
import {
  type Answer,
  attemptPath,
  openProbeVm,
  type Line,
  loaderPath,
  oraclePath,
  kernelLog,
  type ProbeVm,
  runBatch,
  snapshotOf,
} from './probe-vm.js';

/** `PROBE_KERNELS=6.1,7.2` tries others. */
const kernels = (process.env['PROBE_KERNELS'] ?? '6.12').split(',');

const errno = (value: number): Answer => ({ kind: 'returned', errno: value });
const ok = errno(0);
const refused = errno(111);

/** Every operation as it ends where nobody forbids it. In order: later ones find what earlier ones made. */
const free: readonly (readonly [string, Answer, Partial<Line>?])[] = [
  ['mkdir /t', ok],
  ['write /t/secret Secret', ok],
  ['write /t/allowed allowed', ok],
  ['open /t/secret r', ok],
  ['open /t/missing r', errno(2)],
  ['open /t/made wct', ok],
  ['creat /t/created', ok],
  ['openat /t/secret w', ok],
  ['openat2 /t/secret r', ok],
  ['relative /t secret', ok],
  ['dirfd /t secret', ok],
  ['reopen /t/secret', ok],
  ['unfaulted /t/secret', ok],
  ['setns-root /t/secret', ok],
  ['self-root /t/secret', ok],
  ['mkdir /tmp/t', ok],
  ['write /tmp/t/secret Secret', ok],
  ['open-handle /tmp/t/secret', ok],
  ['truncate /t/made', ok],
  ['rename /t/made /t/renamed', ok],
  ['link /t/secret /t/hard', ok],
  ['symlink /t/secret /t/soft', ok],
  ['chmod /t/renamed', ok],
  ['unlink /t/renamed', ok],
  ['copy /probe/quiet /t/quiet 0755', ok],
  ['stubborn 3 /t/secret', ok],
  ['patient 1 /t/secret', ok],
  ['map /t/quiet', ok],
  ['map-opened /t/secret', ok, { cgroup: '/exempt/deeper' }],
  ['bind-mount /t/secret /t/allowed', ok],
  ['chroot /t /secret', ok],
  ['userns /t/secret', ok],
  ['mkdir /tmp/lower', ok],
  ['mkdir /tmp/upper', ok],
  ['mkdir /tmp/work', ok],
  ['mkdir /tmp/merged', ok],
  ['write /tmp/lower/file x', ok],
  ['overlay-merged /tmp/lower /tmp/upper /tmp/work /tmp/merged', ok],
  ['open /tmp/merged/file w', ok],
  ['overlay-open /tmp/lower file r', ok],
  ['overlay-open /tmp/lower file w', ok],
  ['overlay-open /tmp/lower missing r', errno(2)],
  ['swap /t/swapped /t/allowed /t/secret 5000', ok],
  ['uring-open /t/secret', ok],
  ['uring-open /t/missing', errno(2)],
  ['uring-openat2 /t/secret', ok],
  ['uring-connect 127.0.0.1 99', refused],
  ['exec /t/quiet', ok],
  ['execveat /t/quiet', ok],
  ['memfd-exec /t/quiet', ok],
  ['write /t/script #!/t/quiet', ok],
  ['copy /t/script /t/script.sh 0755', ok],
  ['script /t/script.sh', ok],
  [`loader ${loaderPath} /probe/dynamic`, ok],
  ['exec /probe/missing', errno(2)],
  ['ptrace', ok],
  ['seize', ok],
  ['vm-readv', ok],
  ['proc-mem', ok],
  ['traceme', ok],
  ['kill-child', ok],
  ['init-module /modules/extra/dummy.ko', ok],
  ['finit-module /modules/extra/dummy.ko', ok],
  ['finit-module /modules/extra/dummy.ko', ok],
  ['finit_module /t/secret', errno(8)],
  ['init_module', errno(8)],
  ['bpf', ok],
  ['bpf-map', ok],
  ['bpf-prog', ok],
  ['bpf-pin /t/pins/map', ok],
  ['bpf-pin /t/pins/map', ok],
  ['bpf-get /t/pins/map', ok],
  ['bpf-get /t/pins/missing', errno(2)],
  ['address 192.0.2.1', ok],
  ['address 192.0.2.1', ok],
  ['address 2001:db8::1', ok],
  ['connect 192.0.2.1 99 tcp', refused],
  ['connect 2001:db8::1 99 tcp', refused],
  ['connect ::ffff:192.0.2.1 99 tcp', refused],
  ['connect 192.0.2.1 99 udp', ok],
  ['connect 192.0.2.1 99 mptcp', refused],
  ['connect-mapped 192.0.2.1 99', refused],
  ['bind 192.0.2.1 7000 tcp', ok],
  ['bind 2001:db8::1 7000 udp', ok],
  ['bind 192.0.2.9 7000 tcp', errno(99)],
  ['listen 192.0.2.1 7000', ok],
  ['listen-moved 192.0.2.1 7000', ok, { cgroup: 'exempt' }],
  ['accept 7000 127.0.0.2', ok],
  ['accept 7000 127.0.0.2', ok],
  ['recv 7000 127.0.0.2', ok],
  ['recvmsg 7000 127.0.0.2', ok],
  ['send-elsewhere 7000 127.0.0.2 192.0.2.1', ok],
  ['sendto 192.0.2.1 99', ok],
  ['sendto-unspec 192.0.2.1 99', ok],
  ['sendmsg 2001:db8::1 99', ok],
  ['sendmmsg 192.0.2.1 99', ok],
  ['mode /t/allowed 0600', ok],
  ['mkdir /t/folder', ok],
  ['write /t/folder/file x', ok],
  ['open-renamed /t/folder /t/other file', ok],
  ['open-renamed /t/folder /t/other missing', errno(2)],
];

describe.each(kernels)('the probe on %s, with nobody to forbid anything', (kernel) => {
  let vm: ProbeVm;
  let answers: readonly Answer[];
  beforeAll(async () => {
    vm = await openProbeVm(kernel);
    answers = await runBatch(
      vm.guest,
      free.map(([attempt, , line = {}]) => ({ ...line, argv: attempt.split(' ') })),
    );
  });
  afterAll(() => vm.stop());

  const answerTo = async (argv: readonly string[], line: Partial<Line> = {}): Promise<Answer | undefined> =>
    (await runBatch(vm.guest, [{ ...line, argv }]))[0];

  it('answers every line', () => {
    expect(answers).toHaveLength(free.length);
  });

  it.each(free.map(([attempt, expected], index) => ({ attempt, expected, index })))(
    '$attempt',
    ({ expected, index }) => {
      expect(answers[index]).toEqual(expected);
    },
  );

  it.each([
    ['too slow', ['stubborn', '1000000000', '/t/secret'], { kind: 'timed-out' }],
    ['no such operation', ['fly'], { kind: 'not-arranged', detail: 'no operation called fly' }],
    ['too few arguments', ['open', 'x'], { kind: 'not-arranged', detail: 'open takes 2 arguments, not 1' }],
    [
      'no such file to map',
      ['map', '/a"\\\u0007é'],
      {
        kind: 'not-arranged',
        detail: '/a"\\\u0007\ufffd\ufffd: No such file or directory',
      },
    ],
    ['a program that fails', ['exec', oraclePath], { kind: 'not-arranged', detail: 'exited with status 2' }],
    [
      'a loader that fails',
      ['loader', loaderPath, '/t/script'],
      {
        kind: 'not-arranged',
        detail: '/t/script: error while loading shared libraries: /t/script: file too short',
      },
    ],
    [
      'a client that fails',
      ['accept', '7000', '192.0.2.77'],
      {
        kind: 'not-arranged',
        detail: 'bind: Cannot assign requested address',
      },
    ],
    [
      'a secret that is never there',
      ['swap', '/t/swapped', '/t/allowed', '/t/allowed', '5'],
      {
        kind: 'not-arranged',
        detail: 'the link never led to the secret',
      },
    ],
  ])('%s', async (_, argv, expected) => {
    expect(await answerTo(argv, { timeout: 3000 })).toEqual(expected);
  });

  it('a signal is reported with its number, one that was survived is not', async () => {
    expect(await answerTo(['raise', '15'])).toEqual({ kind: 'signalled', signal: 15 });
    expect(await answerTo(['raise', '0'])).toEqual(ok);
  });

  it('a malformed line ends the batch with its number, and what came before it is answered', async () => {
    const stdin = '7\t-\t1000\tkill-child\n8\t-\tsoon\tkill-child\n9\t-\t1000\tkill-child\n';
    const result = await runInGuest(vm.guest, { argv: [attemptPath, 'batch'], stdin, timeout: 10_000 });
    expect(result.end).toEqual({ kind: 'exited', status: 2 });
    expect(result.stderr.toString()).toBe('attempt: line 2: TIMEOUT_MS is not a number\n');
    expect(result.stdout.toString()).toMatch(/^\{"id":7,"pid":\d+,"kind":"returned","errno":0\}\n$/);
  });

  it('leaves nobody behind, not even who has left the session', async () => {
    expect(await answerTo(['linger', '/t/pid'])).toEqual(ok);
    const pid = await getTextIfThere(vm.guest, '/t/pid');
    expect(pid).toMatch(/^\d+$/);
    expect(await getTextIfThere(vm.guest, `/proc/${pid}/stat`)).toBeNull();
  });

  it('serve takes connections until it is stopped', async () => {
    const pid = await spawnInGuest(vm.guest, { argv: [attemptPath, 'serve', '7100', '7101'], stdout: '/t/served' });
    await expect.poll(() => getTextIfThere(vm.guest, '/t/served'), { timeout: 5000 }).toBe('ready\n');
    for (const [ip, port] of [
      ['127.0.0.1', '7100'],
      ['::1', '7101'],
    ] as const) {
      expect(await answerTo(['connect', ip, port, 'tcp'])).toEqual(ok);
      expect(await answerTo(['uring-connect', ip, port])).toEqual(ok);
      expect(await answerTo(['bind', ip, port, 'udp'])).toEqual(errno(98));
    }
    await sendSignal(vm.guest, pid, 15);
    expect(await waitForProcess(vm.guest, pid, 5000)).toEqual({ kind: 'exited', status: 0 });
  });

  it('watch reports what it could open before and after an announcement', async () => {
    const argv = ['watch', '/t/events', 'ENFORCE', '/t/secret', '10000'];
    const pid = await spawnInGuest(vm.guest, { argv: [attemptPath, ...argv], stdout: '/t/watched' });
    await putFile(vm.guest, '/t/events', '{"state":"AUDIT"}');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await putFile(vm.guest, '/t/events', '{"state":"ENFORCE"}');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await sendSignal(vm.guest, pid, 15);
    expect(await waitForProcess(vm.guest, pid, 5000)).toEqual({ kind: 'exited', status: 0 });
    const seen = JSON.parse((await getTextIfThere(vm.guest, '/t/watched')) ?? '') as Record<string, unknown>;
    expect(seen).toMatchObject({ announced: true, deniedBefore: 0, deniedAfter: 0 });
    expect(seen['openedBefore']).toBeGreaterThan(0);
    expect(seen['openedAfter']).toBeGreaterThan(0);
  });

  it('the oracle sees the LSM list, the hooks, and nothing of an agent', async () => {
    const snapshot = await snapshotOf(vm.guest);
    expect(snapshot).toMatchObject({ programs: [], links: [], perf: [], config: null, configs: 0 });
    expect(snapshot.lsm?.split(',')).toContain('bpf');
    expect(snapshot.hooks).toEqual(expect.arrayContaining(['file_open', 'socket_connect', 'bprm_check_security']));
    expect(snapshot.hooks).not.toContain('func_proto');
  });

  it("the oracle shows the kernel's own lines only", async () => {
    const before = await kernelLog(vm.guest, -1);
    expect(before.records[0]?.text).toMatch(/^Linux version /);
    // A record without a newline is not finished before the next one begins.
    for (const text of ['<1>forged', '<1>next']) {
      expect(await answerTo(['write', '/dev/kmsg', text])).toEqual(ok);
    }
    const after = await kernelLog(vm.guest, before.last);
    expect(after.last).toBeGreaterThan(before.last);
    expect(after.records.map(({ text }) => text)).not.toContain('forged');
  });
});
