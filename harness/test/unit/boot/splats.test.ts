// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { splatFinder } from '../../../boot/splats.js';
import { unnamedTarget } from '../../../target.js';

const splatOf = splatFinder(unnamedTarget);

describe('splatOf', () => {
  it.each([
    ['KERNEL_PANIC', '[    1.767820] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)'],
    ['KERNEL_PANIC', 'Kernel panic - not syncing: sysrq triggered crash'],
    ['KERNEL_BUG', '[    9.1] kernel BUG at mm/slub.c:4400!'],
    ['KERNEL_BUG', '[   12.000001][   T77] BUG: scheduling while atomic: init/1/0x00000002'],
    ['SOFT_LOCKUP', '[   28.1] watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [init:61]'],
    ['KERNEL_OOPS', '[    3.2] BUG: kernel NULL pointer dereference, address: 0000000000000000'],
    ['KERNEL_OOPS', '[    3.2] BUG: unable to handle page fault for address: ffffffffc0000000'],
    ['KERNEL_OOPS', '[    3.2] Oops: 0002 [#1] PREEMPT SMP NOPTI'],
    ['KERNEL_OOPS', '[    3.2] general protection fault, probably for non-canonical address 0xdead: 0000 [#1] SMP'],
    ['KERNEL_OOPS', '[    3.2] Oops: general protection fault, probably for non-canonical address'],
    ['RCU_STALL', '[   21.0] rcu: INFO: rcu_sched self-detected stall on CPU'],
    ['RCU_STALL', '[   21.0] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:'],
    ['RCU_STALL', '[   21.0] rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 0-... }'],
  ])('%s: %s', (cause, line) => {
    expect(splatOf(line)?.cause).toBe(cause);
  });

  it.each([
    '[    0.1] RCU: Adding 1 of 1 stall callbacks',
    '[    0.2] debug: the words Kernel panic - not syncing in the middle of a line',
    'init: BUGS: none',
    '[    0.3] Oopsie',
    '[    0.4] rcu: Hierarchical RCU implementation.',
  ])('is quiet about: %s', (line) => {
    expect(splatOf(line)).toBeNull();
  });

  it('tells the line without its time stamp', () => {
    expect(splatOf('[    1.767820] Kernel panic - not syncing: x')?.line).toBe('Kernel panic - not syncing: x');
  });
});
