// SPDX-License-Identifier: Apache-2.0
import { shellQuote } from '../proc/shell-quote.js';
import { acceleratorArgv, type MachineSpec, rpcFd, rpcPortName } from './qemu-argv.js';

/**
 * vng's arguments for a spec, always in the same order. vng decides on the machine, its devices and the rest of the
 * kernel's command line; our initramfs takes the place of its root, so that the same guest answers the same requests.
 */
export function vngArgv(spec: MachineSpec, wrapper: string): readonly string[] {
  return [
    ...['--run', word(spec.kernel)],
    ...['--name', 'bpf-matrix'],
    ...['--qemu', word(wrapper)],
    ...(spec.accel === 'tcg' ? ['--disable-kvm'] : []),
    ...spec.target.qemu.vng,
    // It exports the host's root either way, and virtiofsd would be one more process (docs/virtme-ng.md: what is exposed).
    ...['--force-9p', '--skip-modules', '--disable-monitor'],
    ...['--cpus', String(spec.cpus), '--memory', `${spec.memory}M`],
    // vng says `quiet loglevel=1` before it; a console that comes up under that never shows the kernel's banner.
    ...['--append', `loglevel=6 ${spec.cmdline}`],
    `--qemu-opts=${qemuOptions(spec).join(' ')}`,
  ];
}

/** They come last on QEMU's command line, and the last -initrd counts. vng hands them to a shell. */
function qemuOptions({ accel, target, initramfs }: MachineSpec): readonly string[] {
  return [
    ...(accel === 'tcg' ? acceleratorArgv({ accel, target }) : []),
    '-no-reboot',
    ...['-device', 'virtio-serial-pci,id=bpf-matrix'],
    ...['-chardev', `socket,id=rpc,fd=${rpcFd}`],
    ...['-device', `virtserialport,bus=bpf-matrix.0,chardev=rpc,name=${rpcPortName}`],
    ...(initramfs === null ? [] : ['-initrd', word(initramfs)]),
  ];
}

/** A path as a shell takes it as one word. */
function word(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : shellQuote(path);
}
