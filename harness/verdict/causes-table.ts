// SPDX-License-Identifier: Apache-2.0
import type { KernelType } from '../model/evidence.js';
import type { Cause, CauseCase } from './causes-case.js';
import { nearestNames } from '../model/near-names.js';

const tableAbsent = /^struct_ops init_kern: struct (?:bpf_struct_ops_)?(\w+) is not found in kernel BTF/;
const memberAbsent = /^struct_ops init_kern (\S+): Cannot find member (\w+) in kernel BTF/;

/** A table of struct_ops that the kernel does not have, or one with a member that it does not have. */
export function tableCause({ libbpf, kernelTypes }: Pick<CauseCase, 'libbpf' | 'kernelTypes'>): Cause | null {
  const type = kernelTypes[0];
  for (const line of libbpf) {
    const table = tableAbsent.exec(line)?.[1];
    if (table !== undefined && type?.exists === false) return absentTable(table, type);
    const member = memberAbsent.exec(line)?.[2];
    if (member !== undefined && type?.exists === true) return absentMember(member, type);
  }
  return null;
}

function absentTable(table: string, { near }: KernelType): Cause {
  const others = near.map((name) => name.replace(/^bpf_struct_ops_/, '')).sort();
  const has = others.length === 0 ? '' : ` It has ${others.join(', ')}.`;
  return {
    id: 'missing-struct-ops',
    explanation: `This kernel has no struct_ops of type ${table}: it is older than that, or was built without.${has}`,
    hint: 'Load the object on such kernels without it: turn the map of the table off with bpf_map__set_autocreate(), or keep it in an object of its own.',
  };
}

function absentMember(member: string, { name, members }: KernelType): Cause {
  const like = nearestNames(
    member,
    members.map((known) => known.name),
  );
  return {
    id: 'missing-struct-ops',
    explanation: `The ${name} of this kernel has no member ${member}.${like.length === 0 ? '' : ` The nearest names that it has: ${like.join(', ')}.`}`,
    hint: `Set the member to NULL in the table before the load where the kernel lacks it (libbpf passes over members that are zero), or declare it in a \`___flavour\` of ${name}.`,
  };
}
