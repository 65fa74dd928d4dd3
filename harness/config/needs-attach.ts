// SPDX-License-Identifier: Apache-2.0
import { UsageError } from '../model/errors.js';
import type { ProgramSymbol } from './elf-symbols.js';

/** Sections whose programs are attached to something with a name, by the beginning of their section. */
const functions = ['fentry', 'fexit', 'fmod_ret', 'lsm', 'tp_btf', 'iter', 'kprobe', 'kretprobe', 'ksyscall'];
const others = ['kretsyscall', 'raw_tp', 'raw_tracepoint'];
const tracepoints = ['tp', 'tracepoint'];

/** Those that are attached to a function of another program. */
const ofPrograms = ['freplace', 'fentry', 'fexit'];

const kindOf = (section: string): string =>
  section
    .replace(/^\?/, '')
    .replace(/\/.*$/, '')
    .replace(/\.[sw]$/, '');

/** @throws UsageError for a program that is not attached to other programs. */
export function checkAttachTarget({ name, section }: ProgramSymbol, place: string): void {
  if (ofPrograms.includes(kindOf(section))) return;
  throw new UsageError({
    message: `${place}.attach: ${name} is in SEC("${section}"), which is not attached to other programs`,
    next: `name a function, a hook or a tracepoint; a program is for ${ofPrograms.join(', ')}`,
  });
}

/** @throws UsageError for a program that cannot be attached to what is named. */
export function checkAttach({ name, section }: ProgramSymbol, attach: string, place: string): void {
  const kind = kindOf(section);
  if (kind === 'freplace') {
    throw new UsageError({
      message: `${place}.attach: ${name} is in SEC("${section}"): it replaces a function of a program that has to be loaded before`,
      next: 'name that program: {"object": "target.bpf.o", "program": "main", "function": "replaced"}; docs/configuration.md',
    });
  }
  const isTracepoint = tracepoints.includes(kind);
  if (!isTracepoint && !functions.includes(kind) && !others.includes(kind)) {
    throw new UsageError({
      message: `${place}.attach: ${name} is in SEC("${section}"), which is attached to nothing with a name`,
      next: `leave it out; it is for ${[...functions, ...others, ...tracepoints].join(', ')}`,
    });
  }
  if (isTracepoint === attach.includes('/')) return;
  throw new UsageError({
    message: `${place}.attach: ${name} is in SEC("${section}"), and '${attach}' is ${isTracepoint ? 'no tracepoint' : 'no name of a function or hook'}`,
    next: isTracepoint
      ? 'name it with its category: syscalls/sys_enter_openat'
      : 'name it without a category: vfs_read',
  });
}
