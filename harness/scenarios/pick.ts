// SPDX-License-Identifier: Apache-2.0
import type { AttemptsProof, ControlsProof, Proof } from '../contracts/proof.js';
import { assertNever } from '../model/assert-never.js';
import type { CheckClass } from '../model/check.js';
import { everyScenario, type ScenarioFilter } from '../plan/scenario-filter.js';
import { classesOf } from './classes/index.js';
import { ownRuleClasses } from './own-rules.js';
import { type ScenarioClass, withScenarios } from './scenario.js';
import { unnamedTarget } from '../target.js';

/** A proof that is wanted; with the attempts that are wanted of it where it is about attempts. */
export type PickedProof =
  | { readonly proof: ControlsProof; readonly classes: readonly ScenarioClass[] }
  | { readonly proof: AttemptsProof; readonly classes: readonly ScenarioClass[] }
  | { readonly proof: Exclude<Proof, ControlsProof | AttemptsProof>; readonly classes: readonly [] };

export interface Wanted {
  /** Of those that the environment has. */
  readonly classes: ReadonlySet<CheckClass>;
  readonly scenarios: ScenarioFilter;
}

/** What is wanted of the classes that an environment has. */
export function wantedOf(own: readonly CheckClass[], wanted: Wanted): Wanted {
  return { ...wanted, classes: new Set(own.filter((name) => wanted.classes.has(name))) };
}

/** What has to be proved for the scenarios that are wanted, in the order of the contract. */
export function pickProofs(proofs: readonly Proof[], wanted: Wanted): readonly PickedProof[] {
  const ofAttempts = new Map(
    proofs.flatMap((proof) => (proof.kind === 'attempts' ? [[proof, attemptsOf(proof, wanted)] as const] : [])),
  );
  const attempts = [...ofAttempts.values()].flat();
  return proofs.flatMap((proof): readonly PickedProof[] => {
    if (proof.kind === 'attempts') return ofAttempts.get(proof) ?? [];
    if (proof.kind === 'controls') {
      return controlsOf(
        proof,
        attempts.filter((one) => one.proof.controls === proof.folder),
      );
    }
    return wanted.classes.has(proof.class) ? otherOf(proof, wanted.scenarios) : [];
  });
}

/** The name under which a scenario of a proof is reported: with its group unless it is in its own class. */
export function reportedName({ class: of, label }: AttemptsProof, name: CheckClass, scenario: string): string {
  if (of === 'each') return scenario;
  return `${label === null ? name : `${of} ${label}`}: ${scenario}`;
}

type PickedAttempts = Extract<PickedProof, { readonly proof: AttemptsProof }>;

function attemptsOf(proof: AttemptsProof, { classes, scenarios }: Wanted): readonly PickedAttempts[] {
  if (proof.class !== 'each' && !classes.has(proof.class)) return [];
  const all = wholeOf(proof).filter((one) => proof.class !== 'each' || classes.has(one.class));
  // An event of a neighbour is looked for where its scenario is attempted.
  const needed = proof.neighbourEvents.filter(({ scenario }) => scenarios(scenario));
  const picked = narrowed(
    all,
    scenarios === everyScenario
      ? null
      : (name, scenario) =>
          scenarios(reportedName(proof, name, scenario)) ||
          needed.some((event) => event.class === name && event.neighbourOf === scenario),
  );
  return picked.length === 0 ? [] : [{ proof: { ...proof, neighbourEvents: needed }, classes: picked }];
}

function controlsOf(proof: ControlsProof, attempts: readonly PickedAttempts[]): readonly PickedProof[] {
  const own = attempts.flatMap(({ classes }) => classes);
  const names = new Set(own.flatMap((one) => scenarioNames(one).map((scenario) => key(one.class, scenario))));
  const classes = narrowed(wholeOf(proof), (name, scenario) => names.has(key(name, scenario)));
  return classes.length === 0 ? [] : [{ proof, classes }];
}

function wholeOf({ attempts, ownRules }: ControlsProof | AttemptsProof): readonly ScenarioClass[] {
  return [...classesOf(attempts), ...ownRuleClasses(ownRules)];
}

const key = (name: CheckClass, scenario: string): string => `${name}\n${scenario}`;

/** Names do not depend on the folder, nor on the architecture. */
export function scenarioNames({ class: name, in: content }: ScenarioClass): readonly string[] {
  return content(`/t/PHASE/${name}`, unnamedTarget).scenarios.map((scenario) => scenario.name);
}

/** Those that have one of these scenarios, with these alone. */
function narrowed(
  classes: readonly ScenarioClass[],
  keeps: ((name: CheckClass, scenario: string) => boolean) | null,
): readonly ScenarioClass[] {
  if (keeps === null) return classes;
  return classes
    .filter((one) => scenarioNames(one).some((scenario) => keeps(one.class, scenario)))
    .map((one) => withScenarios(one, (scenario) => keeps(one.class, scenario.name)));
}

function otherOf(proof: Exclude<Proof, ControlsProof | AttemptsProof>, wants: ScenarioFilter): readonly PickedProof[] {
  const ifWanted = (...names: readonly string[]): readonly PickedProof[] =>
    names.some(wants) ? [{ proof, classes: [] }] : [];
  if ('scenario' in proof) return ifWanted(proof.scenario);
  switch (proof.kind) {
    case 'posture':
      return ifWanted(proof.row.name);
    case 'missing-hook': {
      const rows = proof.rows.filter(({ name }) => wants(name));
      return rows.length === 0 ? [] : [{ proof: { ...proof, rows }, classes: [] }];
    }
    case 'restart':
      // One agent goes through all three.
      return ifWanted(...Object.values(proof.scenarios));
    case 'not-offered':
      return ifWanted(proof.name);
    default:
      return assertNever(proof);
  }
}
