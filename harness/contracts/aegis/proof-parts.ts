// SPDX-License-Identifier: Apache-2.0
import type { RuleKind } from '../../model/agent.js';
import type { Expected } from '../../model/scenario-evidence.js';
import type { AgentOffer } from '../contract.js';
import type {
  AnnouncementProof,
  AttemptsPhase,
  AttemptsProof,
  NotOffered,
  PostureRow,
  Proof,
  StartRequest,
} from '../proof.js';
import type { AegisState } from './states.js';

/* What the proofs with and without the BPF LSM share. */

type Options = StartRequest['options'];

export const expectSuccess: Expected = { kind: 'returned', errno: 0 };
export const expectRefusal: Expected = { kind: 'returned', errno: 1 };
export const ended = { int: 2, kill: 9, term: 15 } as const;

/** A value of `{signal}`, and what it must come to. */
export interface SignalWay {
  readonly signal: string;
  readonly expected: number;
  /** `action` in the events. */
  readonly action: string;
  /** Beside those of all signals. */
  readonly options?: Options;
}

export function expectSignal(signal: number): Expected {
  return { kind: 'signalled', signal };
}

/** With an agent that only reports. */
export const auditing = {
  phase: 'audit',
  folder: 'audit',
  options: { mode: 'audit' },
  state: 'AUDIT',
  action: 'AUDIT',
  neighbours: false,
} as const satisfies AttemptsProof['observing'];

/** One attempt of each kind, with every signal that the agent knows; a start for each. */
export function signalWays(
  ways: readonly SignalWay[],
  { controls, options, offer }: { readonly controls: string; readonly options: Options; readonly offer: AgentOffer },
): readonly Proof[] {
  return ways.map(({ signal, expected, action, options: own }): Proof => {
    const phase = `signal ${signal}`;
    if (!offer.signals.has(signal)) return notOfferedProof('signal', { name: phase, detail: `it has no ${phase}` });
    const enforcing: AttemptsPhase = {
      phase,
      folder: `signal-${signal}`,
      options: { mode: 'enforce', signal, ...options, ...own },
      state: null,
      action,
    };
    return {
      kind: 'attempts',
      class: 'signal',
      attempts: 'essential',
      ownRules: [],
      controls,
      observing: null,
      enforcing: { ...enforcing, expected: expectSignal(expected) },
      label: signal,
      neighbourEvents: [],
      calls: false,
    };
  });
}

/** A row of the posture table: an agent that is asked to enforce, unless its options are otherwise. */
export function postureRow(
  name: string,
  state: AegisState,
  attempt: Expected,
  more: { readonly options?: Options } & Partial<Pick<PostureRow, 'rules' | 'malformed' | 'orElse'>> = {},
): PostureRow {
  const { options = {}, rules = {}, malformed = false, orElse = null } = more;
  return { name, options: { mode: 'enforce', ...options }, state, attempt, orElse, rules, malformed };
}

/** The row where nothing is lacking to ask for it, else why it is not asked. */
export function postureRowUnless(lacking: string | null, one: PostureRow): PostureRow | NotOffered {
  return lacking === null ? one : { name: one.name, detail: lacking };
}

export function postureProof(one: PostureRow | NotOffered): Proof {
  return 'detail' in one ? notOfferedProof('posture', one) : { kind: 'posture', class: 'posture', row: one };
}

export function notOfferedProof(name: Extract<Proof, { kind: 'not-offered' }>['class'], what: NotOffered): Proof {
  return { kind: 'not-offered', class: name, by: 'agent', ...what };
}

/** What is opened from the announcement on is denied by a rule on its path. */
export function announcementProof(
  offer: AgentOffer,
  { scenario, state, options }: Pick<AnnouncementProof, 'scenario' | 'options'> & { readonly state: AegisState },
): Proof {
  const lacking = lackingRules(offer, ['deny_path']);
  if (lacking !== null) return notOfferedProof('posture', { name: scenario, detail: lacking });
  return { kind: 'announcement', class: 'posture', scenario, state, options };
}

/** `it has no deny_path, deny_ip rules`; null where it has them all. */
export function lackingRules({ rules }: AgentOffer, needed: readonly RuleKind[]): string | null {
  const lacking = needed.filter((kind) => !rules.has(kind));
  return lacking.length === 0 ? null : `it has no ${lacking.join(', ')} rules`;
}

/** What an agent lacks of the contract's features, as a reason not to ask. */
export function lackingFeatures({ features }: AgentOffer): {
  readonly fallback: string | null;
  readonly auditFallback: string | null;
  readonly signalWithoutHooks: string | null;
} {
  const signals = features.has('fallback') && features.has('signalWithoutHooks');
  return {
    signalWithoutHooks: signals ? null : 'its signal fallback is for kernels without the BPF LSM',
    fallback: features.has('fallback') ? null : 'it has no signal fallback',
    auditFallback: features.has('auditFallback') ? null : 'it has no audit fallback',
  };
}
