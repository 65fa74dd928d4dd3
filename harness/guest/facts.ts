// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { GuestFacts } from '../model/facts.js';
import type { Guest } from './client.js';
import { type FileHash, getFile, getTextIfThere, hashIfThere } from './files.js';
import { GuestRefusal } from './errors.js';

/** Options that decide what a BPF object can do on a kernel, without the CONFIG_ prefix. */
const relevantOptions = [
  'BPF',
  'BPF_EVENTS',
  'BPF_JIT',
  'BPF_JIT_ALWAYS_ON',
  'BPF_KPROBE_OVERRIDE',
  'BPF_LSM',
  'BPF_STREAM_PARSER',
  'BPF_SYSCALL',
  'BPF_UNPRIV_DEFAULT_OFF',
  'CGROUP_BPF',
  'DEBUG_INFO_BTF',
  'DEBUG_INFO_BTF_MODULES',
  'DYNAMIC_FTRACE',
  'DYNAMIC_FTRACE_WITH_DIRECT_CALLS',
  'FPROBE',
  'FTRACE_SYSCALLS',
  'FUNCTION_ERROR_INJECTION',
  'FUNCTION_TRACER',
  'IMA',
  'KPROBES',
  'KPROBE_EVENTS',
  'LSM',
  'MODULE_SIG_FORCE',
  'OVERLAY_FS',
  'SECURITY',
  'SECURITYFS',
  'SECURITY_LOCKDOWN_LSM',
  'SECURITY_NETWORK',
  'SECURITY_PATH',
  'UPROBE_EVENTS',
  'XDP_SOCKETS',
] as const;

/**
 * Asks the guest what it is. `configText` is the build configuration that came with the kernel; null takes
 * `/proc/config.gz` where the kernel has one. `btfOf` may know the hash of its BTF without asking.
 */
export async function readGuestFacts(
  guest: Guest,
  configText: string | null,
  btfOf: (ask: () => Promise<FileHash | null>) => Promise<FileHash | null> = (ask) => ask(),
): Promise<GuestFacts> {
  const { hello } = guest;
  const { memory, cpus } = await guest.call('sysinfo', {});
  const lsm = await getTextIfThere(guest, '/sys/kernel/security/lsm');
  const config = configText ?? (await configOfRunningKernel(guest));
  return {
    release: hello.release,
    build: hello.build,
    machine: hello.machine,
    cmdline: (await getFile(guest, '/proc/cmdline')).toString('utf8').trim(),
    lsm: lsm === null ? null : lsm.trim().split(',').filter(Boolean),
    btf: await btfOf(() => hashIfThere(guest, '/sys/kernel/btf/vmlinux')),
    config: config === null ? null : kernelConfigFacts(config),
    libbpf: hello.libbpf,
    memory,
    cpus,
  };
}

async function configOfRunningKernel(guest: Guest): Promise<string | null> {
  try {
    return gunzipSync(await getFile(guest, '/proc/config.gz')).toString('utf8');
  } catch (error) {
    if (error instanceof GuestRefusal) return null;
    throw error;
  }
}

/** Hash of a kernel configuration and the options that matter; one that is not set is `n`. */
export function kernelConfigFacts(text: string): NonNullable<GuestFacts['config']> {
  const set = new Map<string, string>();
  for (const [, name, value] of text.matchAll(/^CONFIG_(\w+)=(.*)$/gm)) {
    if (name !== undefined && value !== undefined) set.set(name, value.replace(/^"(.*)"$/, '$1'));
  }
  return {
    sha256: createHash('sha256').update(text).digest('hex'),
    options: Object.fromEntries(relevantOptions.map((name) => [`CONFIG_${name}`, set.get(name) ?? 'n'])),
  };
}
