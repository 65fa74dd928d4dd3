// SPDX-License-Identifier: Apache-2.0
import type { PolicyRules } from '../contracts/contract.js';
import type { RuleKind } from '../model/agent.js';
import type { NotObserved } from '../model/scenario-evidence.js';
import type { Acquaintance } from './acquaintance.js';
import type { Arranged } from './arrangement.js';
import type { GuestSession } from './guest-session.js';
import { type AgentPhase, notUp, type Phase, type PhaseWatch, provePhase, tryPhase } from './phases.js';
import { describeEnding } from './process-end.js';
import { type Unattached, unattachedHooks } from './unattached.js';
import type { Scenario } from './scenario.js';

/**
 * A phase with the agent. One that gives up over the policy of all kinds of rule together is asked about each kind alone:
 * a kind that it refuses is recorded, and leaves only the scenarios open that need it. Where it takes each kind and not
 * all of them, each is proved in a start of its own.
 */
export async function runPhase(
  session: GuestSession,
  phase: AgentPhase,
  arranged: Arranged,
  watch: PhaseWatch,
): Promise<Phase> {
  const kinds = kindsOf(session, arranged);
  const { known } = session.options;
  if (kinds.length < 2) return withoutRefused(session, phase, arranged, madeWhenUp(known, watch));
  if (session.refused.size === 0) {
    const whole = await tryPhase(session, phase, arranged, madeWhenUp(known, watch));
    if (whole !== notUp) return whole;
    await askEachKind(session, phase, arranged, kinds);
  }
  known.made();
  const rest = await withoutRefused(session, phase, arranged, watch);
  if (session.refused.size > 0 || rest.attempts.length > 0) return rest;
  // It takes each kind and not all of them. That has been recorded; each kind alone shows what it can.
  return apart(session, phase, arranged, kinds, rest);
}

/** An agent that comes up with all rules has refused none. */
function madeWhenUp(known: Acquaintance, { before, after }: PhaseWatch): PhaseWatch {
  return {
    before: (started) => {
      known.made();
      return before(started);
    },
    after,
  };
}

/** With the kinds that it takes. */
async function withoutRefused(
  session: GuestSession,
  phase: AgentPhase,
  arranged: Arranged,
  watch: PhaseWatch,
): Promise<Phase> {
  if (session.refused.size === 0) return provePhase(session, phase, arranged, watch);
  const taken = kindsOf(session, arranged).filter((kind) => !session.refused.has(kind));
  const rest = await provePhase(session, phase, only(session, arranged, taken), watch);
  return { ...rest, open: (scenario) => refusedBy(scenario, session.refused) ?? rest.open(scenario) };
}

/** Kinds that deny something, and stand in this policy. Those that allow go along with each of them. */
function kindsOf(session: GuestSession, { rules }: Arranged): readonly RuleKind[] {
  if (session.contract.policy === null) return [];
  const named = new Set(rules.flatMap((part) => Object.keys(part) as RuleKind[]));
  return [...named].filter((kind) => session.agent.rules.has(kind) && kind.startsWith('deny_'));
}

/**
 * Each is started alone, and ended at once. Kinds with which it does not come up are recorded, and left out of every later
 * policy. One that comes up with no kind refuses something else: that is for the phase to say.
 */
async function askEachKind(
  session: GuestSession,
  { phase, options }: AgentPhase,
  arranged: Arranged,
  kinds: readonly RuleKind[],
): Promise<void> {
  const refused = new Map<RuleKind, Refusal>();
  for (const kind of kinds) {
    await session.phase(`${phase}: only ${kind}`, async () => {
      const started = await session.start({ options, policy: only(session, arranged, [kind]).policy });
      const { comingUp } = started;
      if (started.pid !== null) await started.stop();
      if (comingUp.kind === 'announced') return;
      const actual = comingUp.kind === 'silent' ? 'it keeps silent' : describeEnding(comingUp);
      refused.set(kind, { actual, ...unattachedHooks(await started.claim(), session.contract) });
    });
  }
  if (refused.size === kinds.length) return;
  for (const [kind, refusal] of refused) {
    session.refused.set(kind, phase);
    recordRefused(session, phase, kind, refusal);
  }
}

/** How it ended, and what it reported by then. */
interface Refusal extends Unattached {
  readonly actual: string;
}

function recordRefused(session: GuestSession, phase: string, kind: RuleKind, refusal: Refusal): void {
  session.claim('posture', phase, {
    check: `a policy with ${kind}`,
    blames: 'POLICY_REFUSED',
    holds: false,
    expected: 'the agent comes up, as it does with the other kinds',
    ...refusal,
  });
}

function refusedBy({ rules }: Scenario, refused: ReadonlyMap<RuleKind, string>): NotObserved | null {
  const needed = rules.find((kind) => refused.has(kind));
  const phase = needed === undefined ? undefined : refused.get(needed);
  if (needed === undefined || phase === undefined) return null;
  return { missing: `the agent refuses ${needed} rules (${phase})`, phase };
}

const unwatched: PhaseWatch = { before: () => Promise.resolve(), after: () => Promise.resolve([]) };

async function apart(
  session: GuestSession,
  phase: AgentPhase,
  arranged: Arranged,
  kinds: readonly RuleKind[],
  together: Phase,
): Promise<Phase> {
  const parts: Phase[] = [];
  for (const kind of kinds) {
    const own = only(session, arranged, [kind]);
    const one = { ...phase, phase: `${phase.phase}: only ${kind}` };
    parts.push(await provePhase(session, one, own, unwatched));
  }
  return {
    attempts: parts.flatMap(({ attempts }) => attempts),
    events: parts.flatMap(({ events }) => events),
    programs: parts.flatMap(({ programs }) => programs),
    open: together.open,
  };
}

/** With these kinds of rule alone, and the scenarios that need no other. */
function only(session: GuestSession, arranged: Arranged, kinds: readonly RuleKind[]): Arranged {
  const stays = (kind: RuleKind): boolean => kinds.includes(kind) || !kind.startsWith('deny_');
  const rules = arranged.rules.map((part): PolicyRules =>
    Object.fromEntries(Object.entries(part).filter(([kind]) => stays(kind as RuleKind))),
  );
  const classes = arranged.classes.map((one) => ({
    ...one,
    scenarios: one.scenarios.filter((scenario) => scenario.rules.length > 0 && scenario.rules.every(stays)),
  }));
  return { ...arranged, classes, rules, policy: session.policy(1, rules) };
}
