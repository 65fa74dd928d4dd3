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
  notOfferedProof,
  postureProof,
  postureRow,
  postureRowUnless,
} from './proof-parts.js';
import { signalProofs } from './proofs-fallback.js';

/** Of an enforcing agent these can be proved only by hooks. */
const unprovable: readonly CheckClass[] = [
  ...(['file', 'exec', 'ptrace', 'module', 'bpf', 'network', 'bypass', 'records', 'restart'] as const),
];

/**
 * Everything that is proved where `bpf` is in the LSM list and no hook can be attached: what the agent says of itself, and of one
 * that goes without hooks there what is proved of it without the BPF LSM. An agent that announces ENFORCE there has believed the
 * list.
 */
export function unattachableProofs(offer: AgentOffer): readonly Proof[] {
  const detail = 'this kernel has no ftrace direct calls, and attaches no program to an LSM hook';
  const bySignals = lackingFeatures(offer).signalWithoutHooks;
  return [
    ...(bySignals === null ? signalProofs(offer) : []),
    ...rows(offer).map(postureProof),
    ...(bySignals === null
      ? []
      : [notOfferedProof('signal', { name: 'signals in place of denials', detail: bySignals })]),
    ...unprovable.map((name): Proof => ({ kind: 'not-offered', class: name, name: 'all', by: 'kernel', detail })),
  ];
}

function rows(offer: AgentOffer): readonly (PostureRow | NotOffered)[] {
  const { fallback, auditFallback, signalWithoutHooks: eitherWay } = lackingFeatures(offer);
  const options = { signal: 'term', fallback: 'signal' };
  const signals = { state: 'ENFORCE_SIGNAL', attempt: expectSignal(ended.term) } as const;
  const asked = 'hooks cannot be attached: the signal fallback asked for';
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
      // By the contract it may give up as well; one that says it does not is held to that.
      eitherWay === null
        ? postureRow(asked, signals.state, signals.attempt, { options })
        : postureRow(asked, 'DEGRADED', expectSuccess, { options, orElse: signals }),
    ),
  ];
}
