// SPDX-License-Identifier: Apache-2.0
import type { AgentOffer } from '../contract.js';
import type { NotOffered, PostureRow, Proof } from '../proof.js';
import {
  auditing,
  ended,
  lackingFeatures,
  notOffered,
  postureProof,
  row,
  rowUnless,
  signalled,
  type SignalWay,
  signalWays,
  succeeds,
} from './proof-parts.js';

/** Everything that is proved without the BPF LSM: an agent with the signal fallback ends whoever breaks a rule. */
export function fallbackProofs(offer: AgentOffer): readonly Proof[] {
  return [...signals(offer), ...rows(offer).map(postureProof)];
}

const fallback = { fallback: 'signal' } as const;

/** The signals besides term; `none` means KILL, since a tracepoint can deny nothing. */
const ways: readonly SignalWay[] = [
  { signal: 'none', expected: ended.kill, action: 'KILL' },
  { signal: 'int', expected: ended.int, action: 'INT' },
  { signal: 'kill', expected: ended.kill, action: 'KILL' },
];

function signals(offer: AgentOffer): readonly Proof[] {
  const lacking = lackingFeatures(offer).fallback;
  if (lacking !== null) return [notOffered('signal', { name: 'signals in place of denials', detail: lacking })];
  const controls = 'free';
  return [
    { kind: 'controls', class: 'signal', phase: 'controls', folder: controls, attempts: 'tracepoints' },
    {
      kind: 'attempts',
      class: 'signal',
      attempts: 'tracepoints',
      controls,
      observing: auditing,
      enforcing: {
        phase: 'signal term',
        folder: 'enforce',
        options: { mode: 'enforce', signal: 'term', ...fallback },
        state: 'ENFORCE_SIGNAL',
        action: 'TERM',
        expected: signalled(ended.term),
      },
      label: null,
      neighbourEvents: [],
    },
    ...signalWays(ways, { controls, options: fallback, offer }),
  ];
}

/** The rows of the posture table in which nothing is enforced, and the one with everything allowed. */
function rows(offer: AgentOffer): readonly (PostureRow | NotOffered)[] {
  const { fallback: noFallback, auditFallback: noGate } = lackingFeatures(offer);
  const noPtrace =
    noFallback === null && offer.rules.has('deny_ptrace') ? null : 'it has no signal fallback, or no deny_ptrace rules';
  const gate = { gate: 'audit-fallback' } as const;
  // No signal answers a ptrace: there is no tracepoint that sees it.
  const rules = { deny_ptrace: [] };
  const both = { ...fallback, signal: 'term', ...(noGate === null ? gate : {}) };
  return [
    rowUnless(noFallback, row('audit, fallback on', 'AUDIT', succeeds, { options: { mode: 'audit', ...fallback } })),
    rowUnless(
      noFallback,
      row('fallback on, both gates open', 'ENFORCE_SIGNAL', signalled(ended.term), { options: both }),
    ),
    row('fallback off: fail-closed', 'DEGRADED', succeeds),
    rowUnless(noGate, row('fallback off: audit-fallback', 'AUDIT_FALLBACK', succeeds, { options: gate })),
    rowUnless(
      noPtrace,
      row('a rule no signal serves: fail-closed', 'DEGRADED', succeeds, { options: fallback, rules }),
    ),
    rowUnless(
      noPtrace ?? noGate,
      row('a rule no signal serves: audit-fallback', 'AUDIT_FALLBACK', succeeds, {
        options: { ...fallback, ...gate },
        rules,
      }),
    ),
  ];
}
