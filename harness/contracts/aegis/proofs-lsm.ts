// SPDX-License-Identifier: Apache-2.0
import type { AgentOffer } from '../contract.js';
import type { NeighbourEvent, PostureRow, Proof } from '../proof.js';
import { aegisConventions } from './conventions.js';
import {
  announcementProof,
  auditing,
  ended,
  lackingFeatures,
  lackingRules,
  notOfferedProof,
  postureProof,
  expectRefusal,
  postureRow,
  postureRowUnless,
  type SignalWay,
  signalWays,
  expectSuccess,
} from './proof-parts.js';

const enforce = { mode: 'enforce' } as const;

/** Everything that is proved where `bpf` is in the LSM list. */
export function lsmProofs(offer: AgentOffer): readonly Proof[] {
  return [
    ...denials(offer),
    // These two want the start with which denials are tried.
    announcementProof(offer, announcement),
    records(offer),
    restart(offer),
    // It wants the start of the first agent of a restart.
    postureProof(fallbackAsked(offer)),
    ...signals(offer),
    postureProof(unreadable),
    ...missingHook(offer),
  ];
}

const announcement = {
  scenario: 'enforcement is announced when it is true',
  state: 'ENFORCE',
  options: enforce,
} as const;

/** A program that may run has an event too. */
const execEvent: NeighbourEvent = {
  class: 'exec',
  scenario: 'a program that may run',
  check: 'exec event',
  neighbourOf: 'execve',
  fields: { type: 'exec' },
  expected: 'an exec event of its process',
};

/** Without the agent, with one that only audits, with one that enforces. */
function denials({ rules, dialect }: AgentOffer): readonly Proof[] {
  const ownRules = dialect?.rules ?? [];
  return [
    { kind: 'controls', class: 'each', phase: 'controls', folder: 'free', attempts: 'all', ownRules },
    {
      kind: 'attempts',
      class: 'each',
      attempts: 'all',
      ownRules,
      controls: 'free',
      observing: auditing,
      enforcing: {
        phase: 'enforce',
        folder: 'enforce',
        options: enforce,
        state: 'ENFORCE',
        action: 'BLOCK',
        expected: expectRefusal,
      },
      label: null,
      neighbourEvents: rules.has('deny_exec') ? [execEvent] : [],
      calls: false,
    },
  ];
}

function records(offer: AgentOffer): Proof {
  const scenario = 'records hold what was written for them';
  const lacking = lackingRules(offer, ['deny_path', 'deny_ip']);
  if (lacking !== null) return notOfferedProof('records', { name: scenario, detail: lacking });
  return { kind: 'records', class: 'records', scenario, options: enforce, records: 'denials' };
}

/** An attempt is denied anyway; the signal comes on top of it. */
const ways: readonly SignalWay[] = [
  { signal: 'term', expected: ended.term, action: 'TERM' },
  { signal: 'int', expected: ended.int, action: 'INT' },
];

function signals(offer: AgentOffer): readonly Proof[] {
  const controls = 'signal-free';
  return [
    {
      kind: 'controls',
      class: 'signal',
      phase: 'signal controls',
      folder: controls,
      attempts: 'essential',
      ownRules: [],
    },
    ...signalWays(ways, { controls, options: {}, offer }),
    escalation(offer),
  ];
}

/** KILL is reached by steps: TERM until the Nth violation of a process, then KILL. */
function escalation({ signals: known, rules }: AgentOffer): Proof {
  const scenario = 'TERM to KILL escalation';
  if (!known.has('kill') || !rules.has('deny_path')) {
    return notOfferedProof('signal', { name: scenario, detail: 'it has no signal kill, or no deny_path rules' });
  }
  return {
    kind: 'escalation',
    class: 'signal',
    scenario,
    options: { ...enforce, signal: 'kill', threshold: '3' },
    first: ended.term,
    last: ended.kill,
    threshold: 3,
    actions: ['TERM', 'TERM', 'KILL'],
  };
}

function restart(offer: AgentOffer): Proof {
  const scenarios = {
    takeover: 'a restart without a gap',
    reload: 'a new policy without a gap',
    malformed: 'a policy nobody can read',
  };
  const lacking = lackingRules(offer, ['deny_path']);
  if (lacking !== null) return notOfferedProof('restart', { name: scenarios.takeover, detail: lacking });
  const shared = lackingFeatures(offer).fallback === null ? { ...enforce, ...fallbackOf(offer) } : null;
  return { kind: 'restart', class: 'restart', options: enforce, shared, scenarios };
}

/** What an agent falls back to where the LSM does not work; here it does. */
function fallbackOf(offer: AgentOffer): PostureRow['options'] {
  const { auditFallback } = lackingFeatures(offer);
  return { fallback: 'signal', ...(auditFallback === null ? { gate: 'audit-fallback' } : {}) };
}

function fallbackAsked(offer: AgentOffer) {
  return postureRowUnless(
    lackingFeatures(offer).fallback ?? lackingRules(offer, ['deny_path']),
    postureRow('the signal fallback asked for where the LSM works', 'ENFORCE', expectRefusal, {
      options: fallbackOf(offer),
    }),
  );
}

const unreadable = postureRow('a policy nobody can read', 'DEGRADED', expectSuccess, { malformed: true });

/** A hook that a network rule needs is not there, as far as the agent can see. */
function missingHook(offer: AgentOffer): readonly Proof[] {
  const otherwise = {
    name: 'a hook is missing',
    detail: `it has no deny_ip rules, or does not heed ${String(aegisConventions.overrides.btf)}`,
  };
  if (!offer.overrides.has('btf') || !offer.rules.has('deny_ip')) return [notOfferedProof('posture', otherwise)];
  const closed: PostureRow = postureRow('a hook is missing: fail-closed', 'DEGRADED', expectSuccess);
  const options = { gate: 'audit-fallback' };
  const audits = postureRow('a hook is missing: audit-fallback', 'AUDIT_FALLBACK', expectSuccess, { options });
  const both = [closed, postureRowUnless(lackingFeatures(offer).auditFallback, audits)];
  return [{ kind: 'missing-hook', class: 'posture', hook: 'socket_connect', rows: both, otherwise }];
}
