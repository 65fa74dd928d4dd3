// SPDX-License-Identifier: Apache-2.0
import type { CheckClass } from '../model/check.js';
import type { ClaimEvidence, KernelLogEvidence, ScenarioEvidence } from '../model/scenario-evidence.js';
import type { ScenarioSession, SessionCount } from '../results/session.js';

/** What one of the machines of an environment came to. */
export interface ShareResult extends Pick<ScenarioSession, 'evidence' | 'boot' | 'fault' | 'console' | 'ms'> {
  /** When it answered, ISO 8601, UTC, where that was in an earlier run. */
  readonly since?: string;
  /** Classes of scenarios that were asked anew all the same; absent where there are none. */
  readonly anew?: readonly CheckClass[];
}

/**
 * The machines of one environment as if it had been one: their evidence in order, the first fault with the console that
 * shows it, the time of all of them.
 */
export function joinShares(
  shares: readonly [ShareResult, ...ShareResult[]],
): Omit<ShareResult, 'since' | 'anew'> & Pick<ScenarioSession, 'sessions'> {
  const [first] = shares;
  const shown = shares.find(({ fault }) => fault !== null) ?? first;
  return {
    evidence: joinLogs(saidOnce(shares.map(({ evidence }) => evidence))),
    boot: first.boot,
    fault: shown.fault,
    console: shown.console,
    ms: shares.reduce((sum, { ms }) => sum + ms, 0),
    sessions: countOf(shares),
  };
}

function countOf(shares: readonly ShareResult[]): SessionCount {
  const dates = shares.flatMap(({ since }) => since ?? []).sort();
  const inPart = shares.flatMap(({ anew }) => (anew === undefined ? [] : [anew]));
  return {
    all: shares.length,
    reused: dates.length - inPart.length,
    since: dates[0] ?? null,
    ...(inPart.length === 0 ? {} : { inPart: inPart.length, anew: [...new Set(inPart.flat())] }),
  };
}

/** What the agent does to every machine is claimed of the first. */
function saidOnce(shares: readonly (readonly ScenarioEvidence[])[]): readonly ScenarioEvidence[] {
  const before = new Set<string>();
  return shares.flatMap((evidence) => {
    const fresh = evidence.filter((one) => one.kind !== 'claim' || !before.has(claimKey(one)));
    for (const one of fresh) if (one.kind === 'claim') before.add(claimKey(one));
    return fresh;
  });
}

const claimKey = (one: ClaimEvidence): string => JSON.stringify([one.class, one.scenario, one.check]);

/** Controls that more than one machine made are one phase, and the kernel's log of it is one. */
function joinLogs(evidence: readonly ScenarioEvidence[]): readonly ScenarioEvidence[] {
  const logs = new Map<string, KernelLogEvidence>();
  for (const one of evidence) {
    if (one.kind !== 'kernel-log') continue;
    const known = logs.get(one.scenario);
    logs.set(one.scenario, known === undefined ? one : { ...known, records: [...known.records, ...one.records] });
  }
  return evidence.flatMap((one): readonly ScenarioEvidence[] => {
    if (one.kind !== 'kernel-log') return [one];
    const joined = logs.get(one.scenario);
    logs.delete(one.scenario);
    return joined === undefined ? [] : [joined];
  });
}
