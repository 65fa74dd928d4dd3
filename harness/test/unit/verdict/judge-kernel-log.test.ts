// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { KernelLogEvidence } from '../../../model/scenario-evidence.js';
import { judgeKernelLog } from '../../../verdict/judge-kernel-log.js';

const log = (...texts: readonly string[]): KernelLogEvidence => ({
  kind: 'kernel-log',
  class: 'posture',
  environment: 'lsm',
  scenario: 'enforce',
  records: texts.map((text) => ({ level: 4, text })),
});

// Lines as kernels from 5.10 to 7.x word them.
it.each([
  '------------[ cut here ]------------',
  'WARNING: CPU: 0 PID: 1 at kernel/bpf/trampoline.c:512 bpf_tramp_image_put+0x1a/0x30',
  'WARNING: kernel/bpf/trampoline.c:512 at bpf_tramp_image_put+0x1a/0x30, CPU#0: init/1',
  'BUG: kernel NULL pointer dereference, address: 0000000000000008',
  'BUG: unable to handle page fault for address: ffffc90000000000',
  'BUG: sleeping function called from invalid context at kernel/locking/mutex.c:580',
  'BUG: scheduling while atomic: attempt/140/0x00000002',
  'BUG: KASAN: slab-out-of-bounds in bpf_ringbuf_reserve+0x10/0x90',
  'Oops: 0000 [#1] PREEMPT SMP NOPTI',
  'Oops: general protection fault, probably for non-canonical address 0xdead000000000100: 0000 [#1]',
  'general protection fault, probably for non-canonical address 0xdead000000000100: 0000 [#1] SMP',
  'invalid opcode: 0000 [#1] PREEMPT SMP NOPTI',
  'divide error: 0000 [#1] SMP',
  'INFO: task aegis-agent:112 blocked for more than 120 seconds.',
  'INFO: rcu_preempt detected stalls on CPUs/tasks:',
  'watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [aegis-agent:112]',
  'UBSAN: array-index-out-of-bounds in kernel/bpf/core.c:10:4',
  'WARNING: possible circular locking dependency detected',
  'WARNING: suspicious RCU usage',
  'WARNING: inconsistent lock state',
  'unregister_netdevice: waiting for lo to become free. Usage count = 2',
  'Kernel panic - not syncing: Fatal exception',
])('complains: %s', (text) => {
  const outcome = judgeKernelLog(log('a word before', text, 'a word after'));
  expect(outcome).toMatchObject({ kind: 'fail', code: 'KERNEL_SPLAT', actual: text });
  expect(outcome.kind === 'fail' && outcome.evidence).toEqual([text, 'a word after']);
});

it.each([
  'overlayfs: warning: no upper',
  'dummy: loading out-of-tree module taints kernel.',
  'process attempt is using the BUG: in its name',
  'audit: type=1400 audit(1.2:3): apparmor="DENIED" name="WARNING: CPU: 0 PID: 1"',
  'WARNING: Spectre v2 mitigation leaves CPU vulnerable',
  'watchdog: Delayed init of the lockup detector failed: -19',
  'attempt[140]: segfault at 0 ip 0000000000401000 sp 00007ffd error 4',
  'Booting paravirtualized kernel on bare hardware',
  'INFO: lockdep is turned off.',
  '',
])('is at peace: %s', (text) => {
  expect(judgeKernelLog(log(text))).toEqual({ kind: 'pass' });
});

it('tells the line that says what it is, below the cut', () => {
  const warning = 'WARNING: CPU: 0 PID: 1 at fs/overlayfs/super.c:1 ovl_init+0x9/0x20 [warning]';
  const frames = Array.from({ length: 40 }, (_, n) => ` frame_${n}+0x1/0x2`);
  const outcome = judgeKernelLog(log('------------[ cut here ]------------', warning, ...frames));
  expect(outcome).toMatchObject({ actual: warning });
  expect(outcome.kind === 'fail' && outcome.evidence).toHaveLength(12);
});

it('finds a splat at any level, and in the very last line', () => {
  for (let level = 0; level <= 7; level++) {
    const evidence = {
      ...log(),
      records: [
        { level: 6, text: 'x' },
        { level, text: 'Kernel panic - not syncing: x' },
      ],
    };
    expect(judgeKernelLog(evidence).kind).toBe('fail');
  }
  expect(judgeKernelLog(log())).toEqual({ kind: 'pass' });
});
