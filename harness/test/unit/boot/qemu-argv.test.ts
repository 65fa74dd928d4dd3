// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { kernelCmdline } from '../../../boot/cmdline.js';
import { qemuArgv } from '../../../boot/qemu-argv.js';
import { unnamedTarget } from '../../../target.js';
import { machineSpec } from './fixture/spec.js';

const spec = machineSpec({ kernel: '/k/vmlinuz', initramfs: '/k/init.cpio', cmdline: 'x=y' });

it('builds the same arguments in the same order, always', () => {
  expect(qemuArgv(spec).join(' ')).toBe(
    '-accel tcg,thread=multi -cpu max,-erms,-fsrm -machine q35 -nodefaults -no-user-config -no-reboot -display none ' +
      '-m 256 -smp 1 -chardev stdio,id=console,signal=off -serial chardev:console ' +
      '-device virtio-serial-pci -chardev socket,id=rpc,fd=3 -device virtserialport,chardev=rpc,name=bpf-matrix.rpc ' +
      '-chardev socket,id=qmp,fd=4 -mon chardev=qmp,mode=control ' +
      '-kernel /k/vmlinuz -initrd /k/init.cpio -append x=y',
  );
});

it('refuses QEMU what it has no need of, where it can', () => {
  const [option, value, ...others] = qemuArgv({ ...spec, sandbox: true });
  expect([option, value]).toEqual([
    '-sandbox',
    'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
  ]);
  expect(others).toEqual(qemuArgv(spec));
});

it('has no RPC port and no initramfs when it only proves an accelerator', () => {
  const argv = qemuArgv({ ...spec, accel: 'kvm', initramfs: null });
  expect(argv).toContain('kvm');
  expect(argv.join(' ')).not.toMatch(/initrd|virtserialport/);
});

it('keeps a path with spaces and commas in one argument', () => {
  expect(qemuArgv({ ...spec, kernel: '/a b/c,d' })).toContain('/a b/c,d');
});

it('names the LSM list in the given order and panics into a reboot', () => {
  const cmdline = kernelCmdline({ target: unnamedTarget, lsm: ['yama', 'bpf'], extra: ['nokaslr'] });
  expect(cmdline).toBe(
    'console=ttyS0 earlyprintk=ttyS0 loglevel=6 panic=-1 oops=panic no_timer_check lsm=yama,bpf nokaslr',
  );
});
