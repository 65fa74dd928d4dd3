// SPDX-License-Identifier: Apache-2.0
import type { InfraCause } from '../model/verdict.js';
import type { Target } from '../target.js';

/** A line on the kernel's console that means that the machine can no longer be believed. */
export interface Splat {
  readonly cause: InfraCause;
  /** The line without printk's prefix. */
  readonly line: string;
}

/** printk's prefix: optional level, `[    1.234567]`, optional caller (`[    T1]`, CONFIG_PRINTK_CALLER). */
const prefix = String.raw`^(?:<\d+>)?(?:\[\s*\d+\.\d+\]\s?)?(?:\[\s*[TC]\d+\]\s?)?`;

const patternsOf = ({ boot }: Target): readonly (readonly [InfraCause, string])[] => [
  // kernel/exit.c; the status is DENIED_STATUS of bpf/guest/power.h, shifted as wait(2) has it
  ['GUEST_DENIED', 'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00004d00'],
  // kernel/panic.c
  ['KERNEL_PANIC', 'Kernel panic - not syncing'],
  // lib/bug.c, include/asm-generic/bug.h
  ['KERNEL_BUG', 'kernel BUG at '],
  // kernel/watchdog.c
  ['SOFT_LOCKUP', '(?:watchdog: )?BUG: soft lockup - CPU#'],
  ...boot.oopses.map((oops) => ['KERNEL_OOPS', oops] as const),
  // kernel/sched/core.c, mm/page_alloc.c, mm/kasan/report.c, ...
  ['KERNEL_BUG', 'BUG: '],
  // kernel/rcu/tree_stall.h
  ['RCU_STALL', String.raw`(?:rcu: )?INFO: rcu_\w+ (?:self-)?detected (?:expedited )?stalls?\b`],
];

const prefixPattern = new RegExp(prefix);

/** Finds the splat that a console line announces, or null: kernels of different architectures say it in other words. */
export function splatFinder(target: Target): (line: string) => Splat | null {
  const compiled = patternsOf(target).map(([cause, body]) => ({ cause, pattern: new RegExp(prefix + body) }));
  return (line) => {
    const hit = compiled.find(({ pattern }) => pattern.test(line));
    return hit === undefined ? null : { cause: hit.cause, line: line.replace(prefixPattern, '').trim() };
  };
}
