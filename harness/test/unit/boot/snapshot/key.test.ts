// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { type SnapshotOrigin, snapshotKey } from '../../../../boot/snapshot/key.js';
import { machineSpec } from '../fixture/spec.js';

const origin: SnapshotOrigin = {
  qemu: 'qemu-system-x86_64',
  qemuVersion: '7.2.22',
  kernelSha256: 'a'.repeat(64),
  initramfsSha256: 'b'.repeat(64),
  spec: machineSpec({ sandbox: true, kernel: '/k', initramfs: '/i', cmdline: 'lsm=yama,bpf' }),
};

it('is the same for the same machine, wherever its files lie', async () => {
  const moved = { ...origin, spec: { ...origin.spec, kernel: '/other/k', initramfs: '/other/i' } };
  expect(await snapshotKey(moved)).toBe(await snapshotKey(origin));
  expect(await snapshotKey(origin)).toMatch(/^[0-9a-f]{32}$/);
});

it.each<[string, SnapshotOrigin]>([
  ['kernel', { ...origin, kernelSha256: 'c'.repeat(64) }],
  ['initramfs', { ...origin, initramfsSha256: 'c'.repeat(64) }],
  ['QEMU version', { ...origin, qemuVersion: '7.2.23' }],
  ['QEMU binary', { ...origin, qemu: '/opt/qemu' }],
  ['command line, so the LSM list', { ...origin, spec: { ...origin.spec, cmdline: 'lsm=yama' } }],
  ['memory', { ...origin, spec: { ...origin.spec, memory: 512 } }],
  ['number of CPUs', { ...origin, spec: { ...origin.spec, cpus: 2 } }],
  ['sandbox', { ...origin, spec: { ...origin.spec, sandbox: false } }],
  ['accelerator', { ...origin, spec: { ...origin.spec, accel: 'kvm' } }],
])('is another for another %s', async (_, other) => {
  expect(await snapshotKey(other)).not.toBe(await snapshotKey(origin));
});
