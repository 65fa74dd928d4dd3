// SPDX-License-Identifier: Apache-2.0
import type { CheckOutcome } from '../model/check.js';
import type { KernelLogEvidence } from '../model/scenario-evidence.js';

/**
 * Lines by which a kernel reports that something is wrong with it, WARN and worse. `cut here` comes before every WARN and
 * BUG (lib/bug.c, kernel/panic.c); the others are messages of code that does not use it.
 */
const splats: readonly RegExp[] = [
  /^-+\[ cut here \]-+$/,
  /^WARNING: .*(?:CPU: ?\d+ PID: ?\d+|CPU#\d+)/,
  /^BUG: |^kernel BUG at /,
  /^Oops: |^(?:general protection fault|divide error|invalid opcode|double fault|stack segment)\b/,
  /^INFO: task .* blocked for more than/,
  /^(?:rcu: )?INFO: rcu_\w+ (?:self-)?detected/,
  /^(?:NMI )?[Ww]atchdog(?:: BUG| detected hard LOCKUP)/,
  /^WARNING: (?:held lock|lock held|bad unlock)/,
  /^watchdog: BUG: /,
  /^(?:KASAN|KCSAN|KMSAN|UBSAN|KFENCE): /,
  /^(?:WARNING|INFO): (?:possible|suspicious|inconsistent|bad unlock)/,
  /^unregister_netdevice: waiting for/,
  /^Kernel panic - not syncing/,
];

const shown = 12;

/** Nothing an agent does may make the kernel complain. */
export function judgeKernelLog({ records }: KernelLogEvidence): CheckOutcome {
  const first = records.findIndex(({ text }) => splats.some((pattern) => pattern.test(text)));
  if (first < 0) return { kind: 'pass' };
  const splat = records.slice(first, first + shown).map(({ text }) => text);
  const headline = splat.find((text) => /^(?:WARNING|BUG|INFO|Oops)/.test(text)) ?? splat[0] ?? '';
  return {
    kind: 'fail',
    code: 'KERNEL_SPLAT',
    expected: 'no complaint of the kernel',
    actual: headline,
    evidence: splat,
  };
}
