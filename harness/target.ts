// SPDX-License-Identifier: Apache-2.0
/**
 * What differs between processor architectures, one row each. A kernel's is in its id (model/kernel-name.ts); what is put
 * into its guests is built for the same. Guests are the host's own where nothing else is said, and the first row's on a host
 * whose architecture has none.
 */

export interface Target {
  /** In ids of kernels (`6.12/arm64`), and the folder of what is built for it on a host of another one. */
  readonly name: string;
  /** What people call it besides. */
  readonly aliases: readonly string[];
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
  readonly objects: ObjectMarks;
}

/** What only a BPF object has that is built for this architecture. */
export interface ObjectMarks {
  /** How functions begin that serve system calls. */
  readonly entries: readonly string[];
  /** The struct that a program finds registers in, and members of it that no other architecture's has. */
  readonly registers: { readonly struct: string; readonly members: readonly string[] };
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
  /** The call, or the place for one, that ftrace looks for after it: its first byte and its length. */
  readonly traceCall: { readonly first: number; readonly length: number };
  /** Instructions that trap as WARN does and return 0. */
  readonly trapAndReturn: readonly number[];
  /** Types of relocations: none, and a 32-bit one relative to its place. */
  readonly relocNone: number;
  readonly relocRelative32: number;
}

const x86: Target = {
  name: 'x86_64',
  aliases: ['amd64', 'x86-64', 'x64'],
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
  objects: {
    // arch/x86/include/asm/syscall_wrapper.h
    entries: ['__x64_sys_', '__ia32_sys_', '__ia32_compat_sys_', '__x32_compat_sys_'],
    // arch/x86/include/asm/ptrace.h; with an r as programs outside the kernel have it.
    registers: {
      struct: 'pt_regs',
      members: [
        ...['r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15', 'orig_ax', 'orig_rax'],
        ...['ax', 'bx', 'cx', 'dx', 'si', 'di', 'bp', 'ip'],
        ...['rax', 'rbx', 'rcx', 'rdx', 'rsi', 'rdi', 'rbp', 'rip', 'rsp'],
      ],
    },
  },
};

const arm64: Target = {
  name: 'arm64',
  aliases: ['aarch64'],
  node: 'arm64',
  title: 'AArch64',
  elfMachine: 183,
  debArchitecture: 'arm64',
  rpmArchitecture: 'aarch64',
  // AArch64 psABI.
  loader: '/lib/ld-linux-aarch64.so.1',
  qemu: {
    binary: 'qemu-system-aarch64',
    package: 'qemu-system-arm',
    // Under KVM QEMU takes the interrupt controller that the host has (hw/arm/virt.c, finalize_gic_version).
    machine: 'virt',
    // The architected signatures of pointers take half of TCG's time (`pauth-impdef`, QEMU's docs/system/arm/cpu-features).
    cpu: { tcg: 'max,pauth-impdef=on', kvm: 'max' },
    vng: [],
  },
  boot: {
    // The PL011 of `-machine virt`, which its device tree names as stdout-path.
    console: 'ttyAMA0',
    earlyConsole: 'earlycon',
    cmdline: [],
    // arch/arm64/mm/fault.c, arch/arm64/kernel/traps.c
    oopses: ['Unable to handle kernel ', 'Internal error: ', 'Insufficient stack space to handle exception!'],
  },
  image: {
    name: 'an arm64 Image',
    built: 'arch/arm64/boot/Image',
    // Documentation/arch/arm64/booting.rst. Debian's vmlinuz is this very file, from 6.1 to 7.2.
    magic: [{ at: 0x38, bytes: 'ARM\x64' }],
    mark: 'ARMd',
    release: null,
    vmlinux: false,
  },
  // It began with include/uapi/asm-generic/unistd.h, which has what takes a directory or flags alone.
  missingSyscalls: [
    ...[
      'access',
      'alarm',
      'chmod',
      'chown',
      'creat',
      'dup2',
      'epoll_create',
      'epoll_wait',
      'eventfd',
      'fork',
      'getdents',
    ],
    ...[
      'getpgrp',
      'inotify_init',
      'lchown',
      'link',
      'lstat',
      'mkdir',
      'mknod',
      'open',
      'pause',
      'pipe',
      'poll',
      'readlink',
    ],
    ...[
      'rename',
      'rmdir',
      'select',
      'signalfd',
      'stat',
      'symlink',
      'time',
      'unlink',
      'ustat',
      'utime',
      'utimes',
      'vfork',
    ],
  ],
  warning: {
    // bti c
    landingPad: [0x5f, 0x24, 0x03, 0xd5],
    // Two nops that ftrace writes over (-fpatchable-function-entry).
    traceCall: { first: 0x1f, length: 8 },
    // brk #0x800 (BUG_BRK_IMM, asm/brk-imm.h); mov w0,#0; ret
    trapAndReturn: [0x00, 0x00, 0x21, 0xd4, 0x00, 0x00, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6],
    // R_AARCH64_NONE as modules have it, and R_AARCH64_PREL32 (asm/elf.h).
    relocNone: 0,
    relocRelative32: 261,
  },
  objects: {
    // arch/arm64/include/asm/syscall_wrapper.h
    entries: ['__arm64_sys_', '__arm64_compat_sys_'],
    // arch/arm64/include/uapi/asm/ptrace.h
    registers: { struct: 'user_pt_regs', members: ['regs', 'sp', 'pc', 'pstate'] },
  },
};

/** Every architecture that has a row. */
export const targets: readonly Target[] = [x86, arm64];

/** Of a kernel whose id names no architecture, on every host: an id means the same wherever a report is read. */
export const unnamedTarget: Target = x86;

/** The host's own architecture, and that of its guests where nothing else is said. */
export const hostTarget: Target = targets.find(({ node }) => node === process.arch) ?? unnamedTarget;

/** One that is not the host's, for examples. */
export const foreignTarget: Target = targets.find((row) => row !== hostTarget) ?? unnamedTarget;

/** The architecture that people call so; null for none that has a row. */
export function targetNamed(name: string): Target | null {
  return targets.find((row) => row.name === name || row.aliases.includes(name)) ?? null;
}

/** Machines that a wrong file is most often made for, besides those of the table. */
const otherMachines: Readonly<Record<number, string>> = { 3: 'i386', 243: 'RISC-V', 247: 'BPF' };

/** An `e_machine` as people write it. */
export function machineTitle(machine: number): string {
  const known = targets.find(({ elfMachine }) => elfMachine === machine)?.title;
  return known ?? otherMachines[machine] ?? `machine ${machine}`;
}

/** Names that distributions have for architectures without a row: no flavour is called so. */
const otherArchitectures: readonly string[] = [
  ...['i386', 'armhf', 'armel', 'arm', 'loong64', 'mips64el', 'ppc64el', 'ppc64le', 'riscv64', 's390x'],
];

export function isArchitecture(name: string): boolean {
  return targetNamed(name) !== null || otherArchitectures.includes(name);
}

/** As ids of kernels and `--arch` name them. */
export const targetNames: readonly string[] = targets.map(({ name }) => name);

/** The architecture of a file by its `e_machine`; null for one without a row. */
export function targetOfMachine(machine: number): Target | null {
  return targets.find(({ elfMachine }) => elfMachine === machine) ?? null;
}

/** Whether a tracepoint of a system call (`sys_enter_open`, `sys_exit_open`) is there. */
export function hasTracepoint(name: string, { missingSyscalls }: Pick<Target, 'missingSyscalls'>): boolean {
  return !missingSyscalls.includes(name.replace(/^sys_(enter|exit)_/, ''));
}
