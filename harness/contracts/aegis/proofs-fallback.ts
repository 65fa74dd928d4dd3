// SPDX-License-Identifier: Apache-2.0
import type { AgentOffer } from '../contract.js';
import type { NotOffered, PostureRow, Proof } from '../proof.js';
import {
  announcementProof,
  auditing,
  ended,
  lackingFeatures,
  lackingRules,
  notOfferedProof,
  postureProof,
  postureRow,
  postureRowUnless,
  expectSignal,
  type SignalWay,
  signalWays,
  expectSuccess,
} from './proof-parts.js';

/** Everything that is proved without the BPF LSM: an agent with the signal fallback ends whoever breaks a rule. */
export function fallbackProofs(offer: AgentOffer): readonly Proof[] {
  return [...signalProofs(offer), ...rows(offer).map(postureProof)];
}

/** Attempts that are ended by signals, and that they are from the announcement on. */
export function signalProofs(offer: AgentOffer): readonly Proof[] {
  return [...signals(offer), announcement(offer)];
}

const fallback = { fallback: 'signal' } as const;
const announced = 'enforcement by signals is announced when it is true';

/**
 * With the other gate shut, though one start with both open would do for more: an agent that cannot enforce a policy gives up
 * then, and can be asked which kind of rule it is that it refuses.
 */
const enforcingByTerm = { mode: 'enforce', signal: 'term', ...fallback } as const;

/** What audits may be asked to fall back besides, which must change nothing. */
const auditingWithFallback = { ...auditing, options: { mode: 'audit', ...fallback } } as const;

/** A process that opens what a rule denies has met its signal from that moment on. */
function announcement(offer: AgentOffer): Proof {
  const lacking = lackingFeatures(offer).fallback;
  if (lacking !== null) return notOfferedProof('posture', { name: announced, detail: lacking });
  return announcementProof(offer, { scenario: announced, state: 'ENFORCE_SIGNAL', options: enforcingByTerm });
}

/**
 * The signals besides term; `none` means KILL, since a tracepoint can deny nothing. One of them with the other gate open, too,
 * for the row about that: by then it is known which kinds of rule the agent refuses.
 */
function waysOf(offer: AgentOffer): readonly SignalWay[] {
  return [
    { signal: 'none', expected: ended.kill, action: 'KILL' },
    { signal: 'int', expected: ended.int, action: 'INT', options: gatesOf(offer) },
    { signal: 'kill', expected: ended.kill, action: 'KILL' },
  ];
}

const gate = { gate: 'audit-fallback' } as const;

function gatesOf(offer: AgentOffer): { readonly gate?: 'audit-fallback' } {
  return lackingFeatures(offer).auditFallback === null ? gate : {};
}

function signals(offer: AgentOffer): readonly Proof[] {
  const lacking = lackingFeatures(offer).fallback;
  if (lacking !== null) return [notOfferedProof('signal', { name: 'signals in place of denials', detail: lacking })];
  const controls = 'free';
  return [
    { kind: 'controls', class: 'signal', phase: 'controls', folder: controls, attempts: 'tracepoints', ownRules: [] },
    {
      kind: 'attempts',
      class: 'signal',
      attempts: 'tracepoints',
      ownRules: [],
      controls,
      observing: auditingWithFallback,
      enforcing: {
        phase: 'signal term',
        folder: 'enforce',
        options: enforcingByTerm,
        state: 'ENFORCE_SIGNAL',
        action: 'TERM',
        expected: expectSignal(ended.term),
      },
      label: null,
      neighbourEvents: [],
      calls: false,
    },
    ...signalWays(waysOf(offer), { controls, options: fallback, offer }),
  ];
}

/** The rows of the posture table in which nothing is enforced, and the one with everything allowed. */
function rows(offer: AgentOffer): readonly (PostureRow | NotOffered)[] {
  const { fallback: noFallback, auditFallback: noGate } = lackingFeatures(offer);
  const noPtrace =
    noFallback === null && offer.rules.has('deny_ptrace') ? null : 'it has no signal fallback, or no deny_ptrace rules';
  // No signal answers a ptrace: there is no tracepoint that sees it.
  const rules = { deny_ptrace: [] };
  const signal = offer.signals.has('int') ? 'int' : 'term';
  const both = { ...enforcingByTerm, signal, ...gatesOf(offer) };
  return [
    postureRowUnless(
      noFallback,
      postureRow('audit, fallback on', 'AUDIT', expectSuccess, { options: { mode: 'audit', ...fallback } }),
    ),
    postureRowUnless(
      noFallback ?? lackingRules(offer, ['deny_path']),
      postureRow('fallback on, both gates open', 'ENFORCE_SIGNAL', expectSignal(ended[signal]), { options: both }),
    ),
    postureRow('fallback off: fail-closed', 'DEGRADED', expectSuccess),
    postureRowUnless(
      noGate,
      postureRow('fallback off: audit-fallback', 'AUDIT_FALLBACK', expectSuccess, { options: gate }),
    ),
    postureRowUnless(
      noPtrace,
      postureRow('a rule no signal serves: fail-closed', 'DEGRADED', expectSuccess, { options: fallback, rules }),
    ),
    postureRowUnless(
      noPtrace ?? noGate,
      postureRow('a rule no signal serves: audit-fallback', 'AUDIT_FALLBACK', expectSuccess, {
        options: { ...fallback, ...gate },
        rules,
      }),
    ),
  ];
}
