// SPDX-License-Identifier: Apache-2.0
/**
 * What differs between processor architectures, one row each. Guests have the architecture of the host, because the
 * programs that are put into them are built here; a host whose architecture has no row boots the first one's guests.
 */

export interface Target {
  /** As Node names it in `process.arch`. */
  readonly node: string;
  /** As people write it. */
  readonly title: string;
  /** `e_machine` of its programs, modules and kernels (elf(5)). */
  readonly elfMachine: number;
  readonly debArchitecture: string;
  readonly rpmArchitecture: string;
  /** Path of glibc's dynamic loader, fixed by the psABI. */
  readonly loader: string;
  readonly qemu: QemuTarget;
  readonly boot: BootTarget;
  readonly image: ImageTarget;
  /** System calls that it does not have, though others do: they have no tracepoint either. */
  readonly missingSyscalls: readonly string[];
  readonly warning: WarningCode;
}

export interface QemuTarget {
  readonly binary: string;
  /** Debian's and Ubuntu's package of it. */
  readonly package: string;
  readonly machine: string;
  /** `-cpu` under each accelerator. */
  readonly cpu: { readonly tcg: string; readonly kvm: string };
  /** What virtme-ng is given besides, to make a machine that can be used here. */
  readonly vng: readonly string[];
}

export interface BootTarget {
  /** Of the first serial port, as `console=` takes it. */
  readonly console: string;
  /** What makes the kernel speak before its serial driver does. */
  readonly earlyConsole: string;
  /** More words for the kernel's command line. */
  readonly cmdline: readonly string[];
  /** How the kernel begins its line about a fault in itself: regular expressions, the first words after the prefix. */
  readonly oopses: readonly string[];
}

/** A kernel image as distributions ship it and QEMU's -kernel takes it. */
export interface ImageTarget {
  /** With its article. */
  readonly name: string;
  /** Where a kernel build leaves it in its tree. */
  readonly built: string;
  /** All of these bytes (Latin-1) are at these offsets. `mark` is one of them that people know. */
  readonly magic: readonly { readonly at: number; readonly bytes: string }[];
  readonly mark: string;
  /** Where its header says at which offset from `base` the release is, as a u16; null for a header that does not. */
  readonly release: { readonly pointer: number; readonly base: number } | null;
  /** Whether QEMU also starts an ELF vmlinux (by PVH). */
  readonly vmlinux: boolean;
}

/** How a function of a module is made to warn: see run/selftest/warn-module.ts. */
export interface WarningCode {
  /** May begin a function, and must stay. */
  readonly landingPad: readonly number[];
  /** The call that ftrace looks for after it: its first byte and its length. */
  readonly traceCall: { readonly first: number; readonly length: number };
  /** Instructions that trap as WARN does and return 0. */
  readonly trapAndReturn: readonly number[];
  /** Types of relocations: none, and a 32-bit one relative to its place. */
  readonly relocNone: number;
  readonly relocRelative32: number;
}

const x86: Target = {
  node: 'x64',
  title: 'x86-64',
  elfMachine: 62,
  debArchitecture: 'amd64',
  rpmArchitecture: 'x86_64',
  loader: '/lib64/ld-linux-x86-64.so.2',
  qemu: {
    binary: 'qemu-system-x86_64',
    package: 'qemu-system-x86',
    machine: 'q35',
    // A kernel that finds fast string instructions copies and clears memory by `rep movsb`, which TCG does byte by
    // byte. Without them it takes eight at once; the verifier does not care. Measured in docs/performance.md.
    cpu: { tcg: 'max,-erms,-fsrm', kvm: 'max' },
    // microvm has no ACPI to power off with.
    vng: ['--disable-microvm'],
  },
  boot: {
    console: 'ttyS0',
    earlyConsole: 'earlyprintk=ttyS0',
    // Emulation has no broken timer wiring to find, and on a starved host the test finds some and panics
    // (`IO-APIC + timer doesn't work!`, arch/x86/kernel/apic/io_apic.c). Under KVM the kernel does without it anyway.
    cmdline: ['no_timer_check'],
    // arch/x86/mm/fault.c, arch/x86/kernel/traps.c, arch/x86/kernel/dumpstack.c
    oopses: [
      'BUG: (?:kernel NULL pointer dereference|unable to handle )',
      'Oops: ',
      '(?:general protection fault|invalid opcode|stack segment|double fault|divide error)(?:,|:) ',
    ],
  },
  image: {
    name: 'a bzImage',
    built: 'arch/x86/boot/bzImage',
    // The x86 boot protocol, Documentation/arch/x86/boot.rst: boot flag, header, pointer to the version.
    magic: [
      { at: 0x1fe, bytes: '\x55\xaa' },
      { at: 0x202, bytes: 'HdrS' },
    ],
    mark: 'HdrS',
    release: { pointer: 0x20e, base: 0x200 },
    vmlinux: true,
  },
  missingSyscalls: [],
  warning: {
    // endbr64
    landingPad: [0xf3, 0x0f, 0x1e, 0xfa],
    // call __fentry__
    traceCall: { first: 0xe8, length: 5 },
    // ud2; xor eax,eax; ret
    trapAndReturn: [0x0f, 0x0b, 0x31, 0xc0, 0xc3],
    // R_X86_64_NONE and R_X86_64_PC32 (x86-64 psABI).
    relocNone: 0,
    relocRelative32: 2,
  },
};

const targets: readonly Target[] = [x86];

/** The architecture of every guest. */
export const target: Target = targets.find(({ node }) => node === process.arch) ?? x86;

/** Machines that a wrong file is most often made for, besides those of the table. */
const otherMachines: Readonly<Record<number, string>> = { 3: 'i386', 183: 'AArch64', 243: 'RISC-V', 247: 'BPF' };

/** An `e_machine` as people write it. */
export function machineTitle(machine: number): string {
  const known = targets.find(({ elfMachine }) => elfMachine === machine)?.title;
  return known ?? otherMachines[machine] ?? `machine ${machine}`;
}

/** Names that distributions and others have for architectures, those of the table among them. */
const architectures: readonly string[] = [
  ...['amd64', 'x86-64', 'x86_64', 'x64', 'i386', 'arm64', 'aarch64', 'armhf', 'armel', 'arm'],
  ...['loong64', 'mips64el', 'ppc64el', 'ppc64le', 'riscv64', 's390x'],
];

export function isArchitecture(name: string): boolean {
  return architectures.includes(name);
}

/** Whether a tracepoint of a system call (`sys_enter_open`, `sys_exit_open`) is there. */
export function hasTracepoint(name: string, { missingSyscalls }: Pick<Target, 'missingSyscalls'> = target): boolean {
  return !missingSyscalls.includes(name.replace(/^sys_(enter|exit)_/, ''));
}
