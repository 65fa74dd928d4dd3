// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { withMachine } from '../../../run/machine-session.js';
import { FakeHost } from './fixture/host.js';

/** What a hypervisor has taken since the host was booted. */
let stolen = 5000;
vi.mock('../../../proc/starved.js', () => ({
  processStarvedMs: () => stolen,
  stolenMs: () => stolen,
  processTimes: () => ({ running: 0, starved: 0 }),
}));

let host: FakeHost;
beforeEach(async () => {
  host = await FakeHost.open();
});
afterEach(() => host.close());

it('is of a stall what was taken since its machine began', async () => {
  await host.qemu(host.boots("echo 'rcu: INFO: rcu_preempt self-detected stall on CPU'; exec sleep 60"));
  const context = host.context();
  const plan = { kernel: host.kernel('6.1'), context, lsm: context.lsm, name: '' };
  const life = await withMachine({ ...plan, accelFor: () => Promise.resolve('tcg') }, async ({ machine }) => {
    stolen += 28_000;
    while (machine.sound) await sleep(5);
  });
  expect(life.fault?.cause).toBe('RCU_STALL');
  expect(life.disturbance.starvedStall).toBe(28_000);
});
