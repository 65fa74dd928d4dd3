// SPDX-License-Identifier: Apache-2.0
import type { Contract } from '../contracts/contract.js';
import type { CheckCode, CheckOutcome } from '../model/check.js';
import { describeJsonValue } from '../model/describe-value.js';
import type { OracleSnapshot, PostureEvidence, RawEvent } from '../model/scenario-evidence.js';

/* What an agent claims to have attached, beside what the kernel has. */

const pass: CheckOutcome = { kind: 'pass' };
const hookUnknown: CheckOutcome = {
  kind: 'not-offered',
  by: 'kernel',
  detail: 'this kernel does not say at which hook a link is (5.13 and newer do)',
};

/** An agent has live what it works by in the state that it claims. */
export function judgeLive(evidence: PostureEvidence, contract: Contract): CheckOutcome {
  const { snapshot, hooks, tracepoints, comingUp } = evidence;
  if (comingUp.kind === 'ended') return judgeNothingLeft(snapshot);
  const state = claimedState(evidence, contract);
  if (state === null) return pass;
  switch (contract.states[state]?.worksBy) {
    case 'hooks':
      return judgeLiveHooks(snapshot, hooks, state);
    case 'tracepoints':
      return judgeTracepoints(snapshot, tracepoints);
    default:
      return pass;
  }
}

/** Hooks or tracepoints without a live program in a state that works by them; `all` where there is not one. */
export interface DeadHooks {
  /** The state that the agent claims. */
  readonly claims: string;
  readonly names: readonly string[];
  readonly all: boolean;
}

/** What is not live in one start of an agent although it must be in the state that is claimed; null where nothing is known. */
export function deadHooks(evidence: PostureEvidence, contract: Contract): DeadHooks | null {
  const { snapshot, hooks, tracepoints, comingUp } = evidence;
  const claims = comingUp.kind === 'announced' ? claimedState(evidence, contract) : null;
  if (claims === null) return null;
  const by = contract.states[claims]?.worksBy ?? null;
  if (by === null) return null;
  if (by === 'tracepoints') {
    const names = tracepoints.filter((name) => !snapshot.tracepoints.includes(name));
    return { claims, names, all: names.length === tracepoints.length };
  }
  if (snapshot.lsm?.includes('bpf') !== true || !hasLive(snapshot)) return { claims, names: hooks, all: true };
  // Before 5.13 a link does not say its hook: that some are not live is known, and not which.
  return { claims, names: snapshot.unplaced > 0 ? [] : missingHooks(snapshot, hooks), all: false };
}

/** By its report; without one by its announcement, or what it was asked to be. Null for no state of the contract. */
function claimedState({ claim, expected }: PostureEvidence, { report, states }: Contract): string | null {
  const { report: given, announced } = claim;
  const claimed =
    report === null || given === null || (given.kind === 'read' && given.lacks?.includes(report.stateField) === true)
      ? (announced ?? expected)
      : given.kind === 'read'
        ? report.stateOf(given.value)
        : null;
  return typeof claimed === 'string' && Object.hasOwn(states, claimed) ? claimed : null;
}

/** Whoever gives up takes its hooks along. */
function judgeNothingLeft(snapshot: OracleSnapshot): CheckOutcome {
  if (!hasLive(snapshot)) return pass;
  const left = `still live: ${describeLive(snapshot)}`;
  return failed('POSTURE_DISHONEST', 'nothing is left of an agent that gave up', left);
}

const hasLive = ({ live, unplaced }: OracleSnapshot): boolean => live.length + unplaced > 0;

function describeLive({ live, unplaced }: OracleSnapshot): string {
  return [...live, ...(unplaced === 0 ? [] : [`${unplaced} of which the kernel does not say the hook`])].join(', ');
}

function judgeTracepoints(snapshot: OracleSnapshot, tracepoints: readonly string[]): CheckOutcome {
  if (hasLive(snapshot)) {
    return failed('POSTURE_DISHONEST', 'only tracepoints are attached', `live LSM hooks: ${describeLive(snapshot)}`);
  }
  const missing = tracepoints.filter((name) => !snapshot.tracepoints.includes(name));
  if (missing.length === 0) return pass;
  return failed('SILENT_DOWNGRADE', 'every fallback tracepoint is live', `not live: ${missing.join(', ')}`);
}

function judgeLiveHooks(snapshot: OracleSnapshot, hooks: readonly string[], state: string): CheckOutcome {
  if (snapshot.lsm?.includes('bpf') !== true) {
    const list = snapshot.lsm?.join(',') ?? 'none';
    return failed('SILENT_DOWNGRADE', 'bpf in the LSM list', `the list is ${list}, and no LSM program is ever called`);
  }
  const expected = `each of its ${hooks.length} hooks that the kernel offers is live`;
  if (!hasLive(snapshot)) return failed('SILENT_DOWNGRADE', expected, `claims ${state}; not one hook is live`);
  const missing = missingHooks(snapshot, hooks);
  if (missing.length === 0) return pass;
  // Links whose hook nobody knows may be at these, if they are as many.
  if (missing.length <= snapshot.unplaced) return hookUnknown;
  const how = snapshot.unplaced === 0 ? 'not live' : `at most ${snapshot.unplaced} live of`;
  return failed('SILENT_DOWNGRADE', expected, `claims ${state}; ${how}: ${missing.join(', ')}`);
}

/** Hooks that the kernel offers and that have no live program. */
function missingHooks(snapshot: OracleSnapshot, hooks: readonly string[]): readonly string[] {
  return hooks.filter((hook) => (snapshot.offered?.includes(hook) ?? true) && !snapshot.live.includes(hook));
}

/** Hooks of the report, one by one, against live links. */
export function judgeReportedHooks(
  report: RawEvent,
  snapshot: OracleSnapshot,
  reader: NonNullable<Contract['report']>,
): CheckOutcome {
  const reported = reader.hooksOf(report);
  if ('instead' in reported) return failed('POSTURE_DISHONEST', 'hooks in the report', `hooks is ${reported.instead}`);
  if (snapshot.unplaced > 0) return judgeCount(reported.filter(({ attached }) => attached).length, snapshot);
  const keys = new Set(reported.map(({ key }) => key));
  const wrong = [
    ...reported
      .filter(({ hook, attached }) => attached !== snapshot.live.includes(hook))
      .map(({ key, value, attached }) => `${key}: says ${describeJsonValue(value)}, ${attached ? 'not live' : 'live'}`),
    ...snapshot.live.filter((hook) => !keys.has(reader.keyOf(hook))).map((hook) => `${hook}: live, and not reported`),
  ];
  return wrong.length === 0 ? pass : failed('SILENT_DOWNGRADE', 'hooks as the kernel has them', wrong.join('; '));
}

/** Where the kernel does not report at which hooks links are, it still reports how many there are. */
function judgeCount(claimed: number, { live, unplaced }: OracleSnapshot): CheckOutcome {
  const links = live.length + unplaced;
  if (claimed <= links) return hookUnknown;
  return failed('SILENT_DOWNGRADE', `${claimed} live LSM links, as reported`, `${links} are live`);
}

function failed(code: CheckCode, expected: string, actual: string): CheckOutcome {
  return { kind: 'fail', code, expected, actual, evidence: [] };
}
