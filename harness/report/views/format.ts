// SPDX-License-Identifier: Apache-2.0
import { capabilityName } from '../../model/capability.js';
import type { BootReport, RunReport } from '../../model/report.js';

/** Enough of a hash for people; `run.json` has all of it. */
export function shortHash(sha256: string): string {
  return sha256.slice(0, 12);
}

/** `clang 19.1.7` out of a distribution's long version line, which is kept where it looks like nothing known. */
export function shortCompiler({ compiler }: { readonly compiler: string | null }): string {
  if (compiler === null) return 'compiler unknown';
  const known = /(clang|gcc|GCC)\b\D*(\d[\w.]*)/.exec(compiler);
  return known ? `${known[1] ?? ''} ${known[2] ?? ''}` : compiler;
}

type Loader = Pick<RunReport['options'], 'withoutCapabilities'>;

/** `loaded without CAP_PERFMON`; nothing of a loader with all capabilities. */
export function describeLoader({ withoutCapabilities: names }: Loader): readonly string[] {
  return names.length === 0 ? [] : [`loaded without ${names.map(capabilityName).join(', ')}`];
}

/** `1 kernel`, `3 kernels`, `1 234 checks`. */
export function formatCount(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `12`, `1 234`: digits in threes. */
export function formatNumber(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** How a machine came up: `tcg 2.4 s cold`, `kvm 0.3 s restored`. */
export function describeBoot({ accel, bootMs, start }: BootReport): string {
  return `${accel} ${formatDuration(bootMs)} ${start}`;
}

/** `2026-11-28 22:10`, UTC. `iso`: ISO 8601 in UTC. */
export function shortDate(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
}

/** Milliseconds as `0.4 s`, `12.3 s`, `3 min 05 s`. */
export function formatDuration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}
