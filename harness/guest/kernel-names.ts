// SPDX-License-Identifier: Apache-2.0
import type { KernelSymbol, KernelType, ProgramEvidence, UnresolvedUse } from '../model/evidence.js';
import type { Guest } from './client.js';
import { workerDeath } from './worker.js';

/** Milliseconds; the kernel's BTF is parsed and its symbols are read within a second or two. */
const timeoutMs = 60_000;
/** Types on the way of one relocation: `struct a.b.c` may be three. */
const typesMax = 4;

/**
 * What the kernel has in place of the types that a failed load is about, each as far as it is there: for
 * `struct inode.i_ctime.tv_sec` the inode, and the type of its i_ctime where it has one.
 */
export async function lookUpTypes(
  guest: Guest,
  { log, libbpf }: Pick<ProgramEvidence, 'log' | 'libbpf'>,
  tables: ReadonlyMap<string, string>,
): Promise<readonly KernelType[]> {
  const path = relocated(log) ?? tableOf(libbpf, tables);
  if (path === null) return [];
  const types: KernelType[] = [];
  let [wanted, ...members] = path;
  while (wanted !== undefined && types.length < typesMax) {
    const type = await kernelType(guest, wanted);
    if (type === null) break;
    types.push(type);
    const [next, ...rest]: string[] = members;
    const member = type.members.find(({ name }) => name === next);
    [wanted, members] = [/^(?:struct|union) (\w+)/.exec(member?.type ?? '')?.[1], rest];
  }
  return types;
}

/** `struct task_struct___old.cpu[3].x (0:1:2 @ offset 4)` and `enum bpf_func_id::BPF_FUNC_x = 3`, without the flavour. */
function relocated(log: string): readonly string[] | null {
  const named = /^failed to resolve CO-RE relocation <\w+> \[\d+\] (?:struct|union|enum) (\w+)(\S*)/m.exec(log);
  if (named?.[1] === undefined) return null;
  const members = (named[2] ?? '').split(/\.|::/).flatMap((member) => /^\w+/.exec(member)?.[0] ?? []);
  return [named[1].replace(/___.*$/, ''), ...members];
}

/** The table that libbpf did not find, or the one of a member that it did not find. */
function tableOf(libbpf: readonly string[], tables: ReadonlyMap<string, string>): readonly string[] | null {
  for (const line of libbpf) {
    const absent = /^struct_ops init_kern: struct (?:bpf_struct_ops_)?(\w+) is not found in kernel BTF/.exec(line)?.[1];
    if (absent !== undefined) return [`bpf_struct_ops_${absent}`];
    const map = /^struct_ops init_kern (\S+): Cannot find member \w+ in kernel BTF/.exec(line)?.[1];
    const type = map === undefined ? undefined : tables.get(map);
    if (type !== undefined) return [type];
  }
  return null;
}

async function kernelType(guest: Guest, name: string): Promise<KernelType | null> {
  const reply = await guest.call('kernelType', { name, timeoutMs }, timeoutMs);
  if (workerDeath(reply, timeoutMs) !== null || reply.known === undefined) return null;
  return { name, exists: reply.known === 1, members: reply.member, near: reply.hook };
}

/** The function that a section wants to probe; null for other sections, and for those that name a pattern or a call. */
export function probedFunction(section: string): string | null {
  return /^\??(?:kprobe|kretprobe)\/([\w.]+)(?:\+\w+)?$/.exec(section)?.[1] ?? null;
}

/** Null where the guest could not look. */
export async function lookUpSymbol(guest: Guest, name: string): Promise<KernelSymbol | null> {
  const reply = await guest.call('kernelSymbol', { name, timeoutMs }, timeoutMs);
  if (workerDeath(reply, timeoutMs) !== null) return null;
  return {
    name,
    symbols: reply.symbol,
    traceable: flag(reply.traceable),
    blacklisted: flag(reply.blacklisted),
    inBtf: flag(reply.inBtf),
    near: reply.hook,
  };
}

const flag = (value: number | undefined): boolean | null => (value === undefined ? null : value === 1);

/** Where an object uses what it does not define; nothing where the guest could not read it. */
export async function lookUpUnresolvedSymbols(guest: Guest, path: string): Promise<readonly UnresolvedUse[]> {
  const reply = await guest.call('unresolved', { path, timeoutMs }, timeoutMs);
  if (workerDeath(reply, timeoutMs) !== null) return [];
  return reply.unresolved.map(({ name: symbol, section, insn, file, line, column, text }) => ({
    symbol,
    section,
    insn,
    line: file === undefined ? null : { file, line: line ?? 0, column: column ?? 0, text: text ?? '' },
  }));
}
