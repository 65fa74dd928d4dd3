// SPDX-License-Identifier: Apache-2.0
import type { TrendHost } from '../../verdict/trend.js';

/** `2026-11-28 22:10`, UTC. */
export function shortDate(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
}

/** `AMD EPYC 7763, 2 processors, tcg, 3 at a time, QEMU 10.0.2`. */
export function describeHost({ host, jobs }: Omit<TrendHost, 'letter'>): string {
  const processors = `${host.cpus} ${host.cpus === 1 ? 'processor' : 'processors'}`;
  const parts = [host.cpu, processors, host.accel ?? 'no machine', `${jobs} at a time`];
  return [...parts, ...(host.qemu === null ? [] : [`QEMU ${host.qemu}`])].join(', ');
}

/** `x1.21`; nothing has a ratio to 0. */
export function describeRatio(value: number, base: number): string {
  if (value === base) return '=';
  return base === 0 ? '-' : `x${(value / base).toFixed(2)}`;
}
