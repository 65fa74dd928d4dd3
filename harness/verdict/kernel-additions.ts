// SPDX-License-Identifier: Apache-2.0
/**
 * Which release of the kernel added what. Only what was checked: numbers never move, they end at 155 in the BTF of 5.10,
 * at 209 in that of 6.1 and at 211 in that of 6.12 to 7.2, and the kernels at hand have or lack each kfunc and map type
 * as it stands here. What is not here is unknown.
 */

/** From this number on, helpers came with this release (enum bpf_func_id). */
const helperRanges: readonly (readonly [first: number, release: string])[] = [
  [156, '5.11'],
  [163, '5.12'],
  [164, '5.13'],
  [166, '5.14'],
  [169, '5.15'],
  [176, '5.16'],
  [180, '5.17'],
  [186, '5.18'],
  [194, '5.19'],
  [204, '6.0'],
  [208, '6.1'],
  [210, '6.2'],
];
/** enum bpf_func_id is closed: new functions come as kfuncs. */
const lastHelper = 211;

export type Age =
  | { readonly kind: 'since'; readonly release: string }
  /** At least as old as the oldest kernel that was looked at, 5.10. */
  | { readonly kind: 'old' }
  /** No kernel up to 7.2 has it. */
  | { readonly kind: 'none' };

export function helperAge(number: number): Age {
  if (number > lastHelper) return { kind: 'none' };
  const range = helperRanges.findLast(([first]) => number >= first);
  return range === undefined ? { kind: 'old' } : { kind: 'since', release: range[1] };
}

const kfuncs: Readonly<Record<string, string>> = {
  bpf_lookup_user_key: '6.1',
  bpf_key_put: '6.1',
  bpf_verify_pkcs7_signature: '6.1',
  bpf_rcu_read_lock: '6.2',
  bpf_rcu_read_unlock: '6.2',
  bpf_task_acquire: '6.2',
  bpf_task_release: '6.2',
  bpf_task_from_pid: '6.2',
  bpf_cgroup_acquire: '6.2',
  bpf_cgroup_release: '6.2',
  bpf_obj_new_impl: '6.2',
  bpf_obj_drop_impl: '6.2',
  bpf_cast_to_kern_ctx: '6.2',
  bpf_rdonly_cast: '6.2',
  bpf_cpumask_create: '6.3',
  bpf_iter_num_new: '6.4',
  bpf_iter_num_next: '6.4',
  bpf_iter_num_destroy: '6.4',
  bpf_dynptr_slice: '6.4',
  bpf_dynptr_from_skb: '6.4',
  bpf_dynptr_from_xdp: '6.4',
  bpf_dynptr_adjust: '6.5',
  bpf_dynptr_size: '6.5',
  bpf_dynptr_clone: '6.5',
  bpf_sock_destroy: '6.5',
  bpf_task_under_cgroup: '6.5',
  bpf_iter_task_new: '6.7',
  bpf_iter_css_new: '6.7',
  bpf_iter_task_vma_new: '6.7',
  bpf_percpu_obj_new_impl: '6.7',
  bpf_throw: '6.7',
  bpf_get_file_xattr: '6.8',
  bpf_get_fsverity_digest: '6.8',
  bpf_arena_alloc_pages: '6.9',
  bpf_wq_init: '6.10',
  bpf_preempt_disable: '6.10',
  bpf_iter_bits_new: '6.11',
  bpf_get_dentry_xattr: '6.12',
  bpf_get_task_exe_file: '6.12',
  bpf_put_file: '6.12',
  bpf_path_d_path: '6.12',
  bpf_copy_from_user_str: '6.12',
  bpf_strcmp: '6.17',
};

/** Release that added a kfunc, or null where it is not known here. */
export function kfuncSince(name: string): string | null {
  return kfuncs[name] ?? null;
}

/** Map types from the first that 5.10 lacks, with their number in enum bpf_map_type and the name that libbpf has. */
const mapTypes: readonly (readonly [number: number, name: string, release: string])[] = [
  [29, 'task_storage', '5.11'],
  [30, 'bloom_filter', '5.16'],
  [31, 'user_ringbuf', '6.1'],
  [32, 'cgrp_storage', '6.2'],
  [33, 'arena', '6.9'],
];
const firstYoungMapType = 29;
/** enum bpf_map_type of 7.2 ends here; when 34 and 35 came is not known here. */
const lastMapType = 35;

/** `type` as libbpf names it, or the number as text where it knows no name; null where the age is not known. */
export function mapTypeAge(type: string): Age | null {
  const entry = mapTypes.find(([number, name]) => type === name || type === String(number));
  if (entry !== undefined) return { kind: 'since', release: entry[2] };
  if (!/^\d+$/.test(type)) return null;
  const number = Number(type);
  if (number > lastMapType) return { kind: 'none' };
  return number < firstYoungMapType ? { kind: 'old' } : null;
}

/** Program types that 5.10 lacks, as libbpf names them. */
const programTypes: Readonly<Record<string, string>> = { syscall: '5.14', netfilter: '6.4' };

/** Null where the age is not known. */
export function programTypeAge(type: string): Age | null {
  const release = programTypes[type];
  return release === undefined ? null : { kind: 'since', release };
}

/** `; it came with 6.2`, after the name of something that a kernel lacks. */
export function sinceRelease(age: Age): string {
  switch (age.kind) {
    case 'since':
      return `; it came with ${age.release}`;
    case 'none':
      return '; no kernel up to 7.2 has it';
    case 'old':
      return '';
  }
}

/** Is the kernel (`uname -r`) too old to have something of this age. */
export function isOlderThan(kernel: string, age: Age): boolean {
  if (age.kind !== 'since') return age.kind === 'none';
  const [major, minor] = numbers(kernel);
  const [sinceMajor, sinceMinor] = numbers(age.release);
  return major < sinceMajor || (major === sinceMajor && minor < sinceMinor);
}

function numbers(release: string): readonly [major: number, minor: number] {
  const match = /^(\d+)\.(\d+)/.exec(release);
  return [Number(match?.[1] ?? Infinity), Number(match?.[2] ?? Infinity)];
}
