// SPDX-License-Identifier: Apache-2.0
import type { CheckCode } from '../model/check.js';
import { groupedBy } from '../model/grouped-by.js';
import { baseOf, deadByStart, type Failed, passedHooks, type ProvedMachine } from './finding-facts.js';
import { type Pool, type Root, rootOf } from './finding-roots.js';
import type { DeadHooks } from './judge-live.js';

/* Roots that have to do with the agent as a whole: it does not come up, it ends, it claims what is not so. */

/** Agents that did not come up or did not live: one root for each way in which they ended. */
export function endRoots(pool: Pool): readonly Root[] {
  const up = pool.take(({ check }) => comesUp.has(baseOf(check)));
  const groups = groupedBy(up, ({ check }) => endOf(check.outcome.actual));
  // Where it never came up there was nothing to wait for, and nothing to end.
  const waited = up.length === 0 ? [] : pool.take(({ check }) => idle.has(check.outcome.actual));
  const lived = groupedBy(
    pool.take(({ check }) => endCodes.has(check.outcome.code) && baseOf(check) === 'alive'),
    ({ check }) => `${check.outcome.code} ${check.outcome.actual}`,
  );
  return [
    ...groups.map((shown, index) => endRoot(shown, index === 0 ? waited : [])),
    ...lived.map((shown) => endRoot(shown, [])),
  ];
}

const comesUp = new Set(['start', 'comes up', 'the agent comes up']);
const endCodes = new Set<CheckCode>(['AGENT_DIED', 'AGENT_HUNG']);
/** What a watch and the end of a phase come to for an agent that is not there. */
const idle = new Set(['it never was', 'it had ended']);

function endRoot(shown: readonly Failed[], absorbed: readonly Failed[]): Root {
  const [first] = shown;
  if (first === undefined) throw new Error('verdict: a root without a check');
  const { code, actual } = first.check.outcome;
  return rootOf({ code, subject: { kind: 'end', end: endOf(actual) }, hooks: [], rule: null, shown }, absorbed);
}

/** `it gave up: exit 1: no such file` is `exit 1`. */
function endOf(actual: string): string {
  const end = actual.replace(/^it gave up: /, '');
  return /^(exit \d+|killed by signal \d+)/.exec(end)?.[1] ?? end;
}

/** Claims that the kernel contradicts: hooks without a live program, with everything that they let through; states. */
export function claimRoots(machine: ProvedMachine, pool: Pool): readonly Root[] {
  const dead = deadByStart(machine);
  return [...nothingLive(machine, dead, pool), ...deadHookRoots(machine, dead, pool), ...stateRoots(pool)];
}

type DeadByStart = ReadonlyMap<string, DeadHooks>;

/** Not one is live: one root, whatever was asked of the agent. */
function nothingLive(machine: ProvedMachine, dead: DeadByStart, pool: Pool): readonly Root[] {
  const shown = pool.take(({ check }) => isClaim(check.check) && dead.get(check.scenario)?.all === true);
  const [first] = shown;
  if (first === undefined) return [];
  const { claims, names } = dead.get(first.check.scenario) ?? { claims: '', names: [] };
  const absorbed = pool.take((one) => passesOneOf(machine, one, names));
  // One that must not make this claim at all is not downgraded but dishonest.
  const wrong = shown.filter(({ check }) => baseOf(check) === 'state');
  const whatever = wrong.length > 0;
  const code = whatever ? 'POSTURE_DISHONEST' : 'SILENT_DOWNGRADE';
  const own = whatever ? wrong : shown;
  const subject = { kind: 'dead', claims, all: true, whatever } as const;
  return [
    rootOf({ code, subject, hooks: [], rule: null, shown: own }, [
      ...shown.filter((one) => !own.includes(one)),
      ...absorbed,
    ]),
  ];
}

const isClaim = (check: string): boolean => /^(?:state|live|reported hooks)(?: \d+)?$/.test(check);

/** So many may each have a cause of their own; more than that have one. */
const ownCauses = 3;

function deadHookRoots(machine: ProvedMachine, dead: DeadByStart, pool: Pool): readonly Root[] {
  const starts = [...dead].filter(([, { all, names }]) => !all && names.length > 0);
  const names = [...new Set(starts.flatMap(([, one]) => one.names))];
  const shown = pool.take(({ check }) => isDeadIn(machine, check, names));
  const [first] = shown;
  if (first === undefined) return [];
  const claims = starts[0]?.[1].claims ?? '';
  const groups = names.length > ownCauses ? [names] : names.map((name) => [name]);
  return groups.map((hooks) => {
    const own = shown.filter(({ check }) => isDeadIn(machine, check, hooks));
    const subject = { kind: 'dead', claims, all: false, whatever: false } as const;
    return rootOf(
      { code: 'SILENT_DOWNGRADE', subject, hooks, rule: null, shown: own },
      pool.take((one) => passesOneOf(machine, one, hooks)),
    );
  });
}

/** A check of what is live, or of what is said to be, in a start in which these hooks are not. */
function isDeadIn({ evidence }: ProvedMachine, check: Failed['check'], hooks: readonly string[]): boolean {
  if (!/^(?:live|reported hooks)(?: \d+)?$/.test(check.check) || check.outcome.code !== 'SILENT_DOWNGRADE')
    return false;
  return evidence.some(
    (one) =>
      one.kind === 'posture' &&
      one.scenario === check.scenario &&
      hooks.some((hook) => !one.snapshot.live.includes(hook) && !one.snapshot.tracepoints.includes(hook)),
  );
}

/** What a hook lets through that nobody listens at: attempts, their events, opens of a watch, records. */
function passesOneOf(machine: ProvedMachine, { check }: Failed, names: readonly string[]): boolean {
  const { code } = check.outcome;
  // Of an attempt an event that is wrong is another matter; of a whole scenario it says that some are not there.
  if (!throughHook.has(code) && (code !== 'EVENT_WRONG' || check.attempt !== null)) return false;
  if (baseOf(check) === 'LSM list' || baseOf(check) === 'event lines') return false;
  return passedHooks(machine, check).some((hook) => names.includes(hook));
}

const throughHook = new Set<CheckCode>([
  'ENFORCEMENT_LEAK',
  'EVENT_MISSING',
  // An announcement that is not true, violations that have no signal, records that are not there.
  'POSTURE_DISHONEST',
  'WRONG_SIGNAL',
  'CONTROL_FAILED',
]);

function stateRoots(pool: Pool): readonly Root[] {
  const wrong = pool.take(({ check }) => baseOf(check) === 'state');
  return groupedBy(wrong, ({ check }) => check.outcome.actual).map((shown) => {
    const claims = shown[0]?.check.outcome.actual ?? '';
    const expected = [...new Set(shown.map(({ check }) => check.outcome.expected))];
    return rootOf({
      code: 'POSTURE_DISHONEST',
      subject: { kind: 'claim', claims, expected },
      hooks: [],
      rule: null,
      shown,
    });
  });
}
