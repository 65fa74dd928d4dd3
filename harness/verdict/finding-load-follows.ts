// SPDX-License-Identifier: Apache-2.0
import type { RuleKind } from '../model/agent.js';
import type { FailedCheck } from '../model/check.js';
import type { ClaimEvidence, PostureEvidence, ScenarioEvidence } from '../model/scenario-evidence.js';
import { rulesOf } from '../scenarios/stops.js';
import { baseOf, isSameScenario, passedHooks, type ProvedMachine } from './finding-facts.js';
import { type FailedLoad, hookOf, type LoadedObject } from './finding-loads.js';
import { refusedKind, type WholeRoot } from './finding-roots.js';

/*
 * What follows from programs that do not load. Every link is a name in the evidence: the hook at which they alone could have
 * stopped or reported something, the hook that the agent itself reports as not attached, the program or the object in its own
 * words. What fails beside a load without such a name is a finding of its own.
 */

/** Programs that one cause keeps from loading, and the hooks that are left without a program. */
export interface LostLoad {
  readonly object: string;
  readonly programs: readonly string[];
  readonly hooks: readonly string[];
}

export function lostLoad(same: readonly FailedLoad[], objects: readonly LoadedObject[]): LostLoad {
  const [first] = same;
  const programs = same.flatMap(({ program }) => program ?? []);
  const own = objects.find(({ object }) => object === first?.object)?.programs ?? [];
  const held = new Set(own.filter(({ load }) => load?.kind === 'loaded').map(({ section }) => hookOf(section)));
  const hooks = same.flatMap(({ hook }) => (hook === null || held.has(hook) ? [] : hook));
  return { object: first?.object ?? '', programs, hooks: [...new Set(hooks)] };
}

/** Is a root a consequence of programs that do not load. */
export function followsFromLoad(root: WholeRoot, lost: LostLoad, machines: readonly ProvedMachine[]): boolean {
  const { subject, hooks } = root;
  // To claim what it must never claim is a fault of its own, whatever loads.
  if (subject.kind === 'dead' && subject.whatever) return false;
  if (hooks.length > 0) return hooks.every((hook) => lost.hooks.includes(hook));
  const isOf = ({ check }: WholeRoot['shown'][number]): boolean =>
    machines.some((machine) => machine.report.environment === check.environment && isNamed(check, machine, lost));
  // Starts that ended alike are one cause, of which one says what it is.
  return subject.kind === 'end' ? root.shown.some(isOf) : root.shown.every(isOf);
}

function isNamed(check: FailedCheck, machine: ProvedMachine, lost: LostLoad): boolean {
  const own = machine.evidence.filter((one) => isSameScenario(one, check));
  if (check.outcome.code === 'POLICY_REFUSED') return isRefusedForIt(check, own, machine, lost);
  if (check.outcome.code === 'SILENT_DOWNGRADE')
    return own.some((one) => one.kind === 'posture' && isAsMany(one, lost));
  if (!gaveUp.has(check.outcome.code)) return false;
  return (
    isInWords([check.outcome.actual, ...check.outcome.evidence], lost) ||
    own.some((one) => isReported(one, machine, lost))
  );
}

/** Codes of an agent that does not come up, or does not stay. */
const gaveUp: ReadonlySet<FailedCheck['outcome']['code']> = new Set([
  'AGENT_NOT_STARTED',
  'AGENT_DIED',
  'POSTURE_DISHONEST',
]);

/** A kind of rule is refused where the agent says that a hook is not attached at which such a rule is looked at. */
function isRefusedForIt(
  check: FailedCheck,
  own: readonly ScenarioEvidence[],
  machine: ProvedMachine,
  { hooks }: LostLoad,
): boolean {
  const kind = refusedKind(check);
  const serving = kind === null ? [] : hooksOfRule(kind, machine);
  const claims = own.filter((one): one is ClaimEvidence => one.kind === 'claim' && one.check === baseOf(check));
  return claims.some(({ unattached = [] }) =>
    unattached.some((hook) => hooks.includes(hook) && serving.includes(hook)),
  );
}

function hooksOfRule(kind: RuleKind, machine: ProvedMachine): readonly string[] {
  return machine.report.checks
    .filter((check) => rulesOf(check.class, check.scenario).includes(kind))
    .flatMap((check) => passedHooks(machine, check));
}

/** Before 5.13 a link does not say its hook: as many are missing as have no program that loads. */
function isAsMany({ hooks, snapshot }: PostureEvidence, lost: LostLoad): boolean {
  const missing = hooks.filter((hook) => !snapshot.live.includes(hook));
  const gone = hooks.filter((hook) => lost.hooks.includes(hook));
  return gone.length > 0 && missing.length - snapshot.unplaced === gone.length;
}

/** It gave up, or says that it does not enforce, and its own report says that such a hook is not attached. */
function isReported(one: ScenarioEvidence, { contract }: ProvedMachine, { hooks }: LostLoad): boolean {
  if (one.kind === 'claim') return (one.unattached ?? []).some((hook) => hooks.includes(hook));
  if (one.kind !== 'posture' || one.claim.report?.kind !== 'read' || contract.report === null) return false;
  const { value } = one.claim.report;
  const enforces = contract.states[String(contract.report.stateOf(value))]?.enforces ?? true;
  if (one.comingUp.kind !== 'ended' && enforces) return false;
  const reported = contract.report.hooksOf(value);
  return !('instead' in reported) && reported.some(({ hook, attached }) => !attached && hooks.includes(hook));
}

/** A program by its name, or the object that was to be loaded. */
function isInWords(lines: readonly string[], { programs, object }: LostLoad): boolean {
  const names = (line: string, name: string): boolean =>
    line.split(/[^\w.-]+/).some((word) => word.replace(/\.bpf\.o$/, '') === name);
  return lines.some(
    (line) => programs.some((program) => names(line, program)) || (/\bload/.test(line) && names(line, object)),
  );
}
