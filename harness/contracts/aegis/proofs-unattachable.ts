// SPDX-License-Identifier: Apache-2.0
import type { CheckClass } from '../../model/check.js';
import type { AgentOffer } from '../contract.js';
import type { NotOffered, PostureRow, Proof } from '../proof.js';
import {
  ended,
  expectSignal,
  expectSuccess,
  lackingFeatures,
  lackingRules,
  postureProof,
  postureRow,
  postureRowUnless,
} from './proof-parts.js';

/** Of an enforcing agent nothing else can be proved there. */
const unprovable: readonly CheckClass[] = [
  ...(['file', 'exec', 'ptrace', 'module', 'bpf', 'network', 'bypass', 'records', 'restart', 'signal'] as const),
];

/**
 * Everything that is proved where `bpf` is in the LSM list and no hook can be attached: what the agent says of itself. An agent
 * that announces ENFORCE there has believed the list.
 */
export function unattachableProofs(offer: AgentOffer): readonly Proof[] {
  const detail = 'this kernel has no ftrace direct calls, and attaches no program to an LSM hook';
  return [
    ...rows(offer).map(postureProof),
    ...unprovable.map((name): Proof => ({ kind: 'not-offered', class: name, name: 'all', by: 'kernel', detail })),
  ];
}

function rows(offer: AgentOffer): readonly (PostureRow | NotOffered)[] {
  const { fallback, auditFallback } = lackingFeatures(offer);
  return [
    postureRow('hooks cannot be attached: fail-closed', 'DEGRADED', expectSuccess),
    postureRowUnless(
      auditFallback,
      postureRow('hooks cannot be attached: audit-fallback', 'AUDIT_FALLBACK', expectSuccess, {
        options: { gate: 'audit-fallback' },
      }),
    ),
    postureRowUnless(
      fallback ?? lackingRules(offer, ['deny_path']),
      postureRow('hooks cannot be attached: the signal fallback asked for', 'DEGRADED', expectSuccess, {
        options: { signal: 'term', fallback: 'signal' },
        orElse: { state: 'ENFORCE_SIGNAL', attempt: expectSignal(ended.term) },
      }),
    ),
  ];
}
