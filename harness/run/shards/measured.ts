// SPDX-License-Identifier: Apache-2.0
import { machineLabel } from '../../contracts/registry.js';
import type { KernelId } from '../../model/kernel.js';
import { loadSession, type WeighedUnit } from '../../model/shard.js';
import type { KernelResult } from '../../results/session.js';

/** What the sessions of a kernel took that were asked anew and came to their end; of others it says nothing. */
export function measuredUnits(kernel: KernelId, result: KernelResult): readonly WeighedUnit[] {
  if (result.kind !== 'session') return [];
  const { session, scenarios } = result;
  const isMeasured = session.fault === null && session.since === undefined;
  const loading = isMeasured ? [{ kernel, session: loadSession, seconds: secondsOf(session.ms) }] : [];
  const proving = scenarios
    .filter(
      ({ fault, sessions }) =>
        fault === null && sessions !== undefined && sessions.reused + (sessions.inPart ?? 0) === 0,
    )
    .map((one) => ({ kernel, session: machineLabel(one), seconds: secondsOf(one.ms) }));
  return [...loading, ...proving];
}

/** Whole ones: a file that is committed should not change with each run. */
const secondsOf = (ms: number): number => Math.max(1, Math.round(ms / 1000));
