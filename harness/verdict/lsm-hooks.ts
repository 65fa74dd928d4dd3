// SPDX-License-Identifier: Apache-2.0
import { editDistance } from '../model/near-names.js';

/** Functions of the kernel's own that share the prefix. */
const notHooks = /^(?:func_proto|verify_prog|find_cgroup_shim|is_sleepable_hook|is_trusted|get_retval_range)$/;

const words = (hook: string): string => hook.split('_').sort().join('_');

/** Those of a kernel's hooks that are most like `name`, nearest first, at most three; none where nothing is alike. */
export function nearestHooks(name: string, hooks: readonly string[]): readonly string[] {
  const limit = Math.max(1, Math.floor(name.length / 4));
  return hooks
    .filter((hook) => !notHooks.test(hook))
    .map((hook) => ({ hook, distance: Math.min(editDistance(name, hook), swapped(name, hook)) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.hook < b.hook ? -1 : 1))
    .slice(0, 3)
    .map(({ hook }) => hook);
}

/** `file_mmap` is one slip away from `mmap_file`, however many letters have moved. */
function swapped(name: string, hook: string): number {
  return 1 + editDistance(words(name), words(hook));
}
