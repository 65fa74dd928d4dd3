// SPDX-License-Identifier: Apache-2.0
import type { Accelerator } from '../model/report.js';
import type { Target } from '../target.js';

/** The name of the virtio-serial port that the guest looks for (bpf/guest). */
export const rpcPortName = 'bpf-matrix.rpc';
/** The RPC channel is a socket pair that QEMU inherits: no path, no port, nothing to clean up. */
export const rpcFd = 3;
/** QEMU's control channel, by which a machine is frozen and goes on. */
export const qmpFd = 4;
/** Where a machine that is restored reads its state. */
export const stateFd = 5;

export interface MachineSpec {
  readonly target: Target;
  readonly accel: Accelerator;
  /** MiB. */
  readonly memory: number;
  readonly cpus: number;
  readonly kernel: string;
  /** Null boots without a root: the kernel panics when it looks for one (enough to prove an accelerator). */
  readonly initramfs: string | null;
  readonly cmdline: string;
  /** Does this QEMU take `sandboxArgv`. */
  readonly sandbox: boolean;
}

/** QEMU's arguments for a spec, always in the same order. */
export function qemuArgv(spec: MachineSpec): readonly string[] {
  return [
    ...(spec.sandbox ? sandboxArgv : []),
    ...acceleratorArgv(spec),
    ...bareMachine(spec),
    ...size(spec),
    ...consoleOnStdio(),
    ...(spec.initramfs === null ? [] : [...rpcPort(), ...control()]),
    ...directKernel(spec),
  ];
}

/**
 * What QEMU has no need of here is refused it: no other program, no other user, no scheduling of others, no system call that
 * is obsolete. Source: `-sandbox` of qemu(1), seccomp; libvirt gives the same.
 */
export const sandboxArgv: readonly string[] = [
  '-sandbox',
  'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
];

/** One host thread per vCPU under TCG; `max` is every feature the accelerator has. */
export function acceleratorArgv({ accel, target }: Pick<MachineSpec, 'accel' | 'target'>): string[] {
  return ['-accel', accel === 'tcg' ? 'tcg,thread=multi' : accel, '-cpu', target.qemu.cpu[accel]];
}

/** Nothing but what is named here: no user configuration, no default devices, no display, no reboot. */
function bareMachine({ target }: MachineSpec): string[] {
  return ['-machine', target.qemu.machine, '-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'];
}

function size({ memory, cpus }: MachineSpec): string[] {
  return ['-m', String(memory), '-smp', String(cpus)];
}

/** signal=off: Ctrl-C belongs to the harness, and a terminal is never put into raw mode. */
function consoleOnStdio(): string[] {
  return ['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'];
}

function rpcPort(): string[] {
  return [
    '-device',
    'virtio-serial-pci',
    '-chardev',
    `socket,id=rpc,fd=${rpcFd}`,
    '-device',
    `virtserialport,chardev=rpc,name=${rpcPortName}`,
  ];
}

function control(): string[] {
  return ['-chardev', `socket,id=qmp,fd=${qmpFd}`, '-mon', 'chardev=qmp,mode=control'];
}

/** Added to the arguments with which the state was made; all others must be the same. QEMU then waits for the state. */
export function incomingArgv(): readonly string[] {
  return ['-incoming', `fd:${stateFd}`];
}

function directKernel({ kernel, initramfs, cmdline }: MachineSpec): string[] {
  return ['-kernel', kernel, ...(initramfs === null ? [] : ['-initrd', initramfs]), '-append', cmdline];
}
