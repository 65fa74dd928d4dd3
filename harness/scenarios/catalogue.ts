// SPDX-License-Identifier: Apache-2.0
import type { AgentOffer, Contract } from '../contracts/contract.js';
import type { AttemptsProof } from '../contracts/proof.js';
import { assertNever } from '../model/assert-never.js';
import { type CheckClass, checkClasses, type Environment } from '../model/check.js';
import { everyScenario } from '../plan/scenario-filter.js';
import { type PickedProof, pickProofs, reportedName, type Wanted, wantedOf } from './pick.js';
import type { ScenarioClass } from './scenario.js';
import { unnamedTarget } from '../target.js';

/** One line of `scenarios list`. */
export interface CatalogueEntry {
  readonly class: CheckClass;
  readonly scenario: string;
  readonly environments: readonly Environment[];
  /** What is attempted, or null where a scenario is more than one attempt. */
  readonly attempt: string | null;
}

type Listed = Omit<CatalogueEntry, 'environments'>;

/** Every scenario of a contract, for people who look for one: single attempts first, then those that are more. */
export function scenarioCatalogue(contract: Contract): readonly CatalogueEntry[] {
  return plannedEntries(contract, offerOfAll(contract), { classes: new Set(checkClasses), scenarios: everyScenario });
}

/** All that is looked at where these scenarios are run of an agent that offers this much, in the same order. */
export function plannedEntries(contract: Contract, offer: AgentOffer, wanted: Wanted): readonly CatalogueEntry[] {
  // Environments that are asked the same are one line.
  const groups = new Map<string, { readonly listed: readonly Listed[]; readonly environments: Environment[] }>();
  for (const { environment, classes } of contract.environments) {
    const listed = listedOf(pickProofs(contract.proofs(environment, offer), wantedOf(classes, wanted)));
    const key = JSON.stringify(listed);
    const group = groups.get(key) ?? { listed, environments: [] };
    group.environments.push(environment);
    groups.set(key, group);
  }
  const entries = [...groups.values()].flatMap(({ listed, environments }) =>
    listed.map((one) => ({ ...one, environments })),
  );
  return [...entries.filter(({ attempt }) => attempt !== null), ...entries.filter(({ attempt }) => attempt === null)];
}

/** An agent that offers all there is. */
export function offerOfAll({ conventions }: Contract): AgentOffer {
  return {
    rules: new Set(conventions.rules),
    signals: new Set(conventions.signals),
    features: new Set(Object.keys({ ...conventions.features, ...conventions.optIn })),
    overrides: new Set(['lsm', 'btf'] as const),
    dialect: null,
  };
}

type PickedAttempts = Extract<PickedProof, { readonly proof: AttemptsProof }>;

function listedOf(picked: readonly PickedProof[]): readonly Listed[] {
  const repeated = picked.filter(
    (one): one is PickedAttempts => one.proof.kind === 'attempts' && one.proof.label !== null,
  );
  return picked.flatMap((one) => (one === repeated[0] ? [repeatedAttempts(repeated)] : entriesOf(one)));
}

function entriesOf({ proof, classes }: PickedProof): readonly Listed[] {
  const compound = (scenario: string): Listed => ({ class: proof.class as CheckClass, scenario, attempt: null });
  if ('scenario' in proof) return [compound(proof.scenario)];
  switch (proof.kind) {
    case 'controls':
    case 'not-offered':
      return [];
    case 'attempts':
      return proof.label === null ? attemptEntries(proof, classes) : [];
    case 'posture':
      return [compound(proof.row.name)];
    case 'missing-hook':
      return proof.rows.map(({ name }) => compound(name));
    case 'restart':
      return [proof.scenarios.takeover, proof.scenarios.reload, proof.scenarios.malformed].map(compound);
    default:
      return assertNever(proof);
  }
}

/** Its scenarios, the states in which the agent is looked at meanwhile, and events that are looked for besides. */
function attemptEntries(proof: AttemptsProof, classes: readonly ScenarioClass[]): readonly Listed[] {
  const attempts = classes.flatMap(({ class: of, in: content }) =>
    content(`/t/PHASE/${of}`, unnamedTarget).scenarios.map(({ name, attempt }) => ({
      class: proof.class === 'each' ? of : proof.class,
      scenario: reportedName(proof, of, name),
      attempt: attempt.operation.join(' '),
    })),
  );
  const states = [proof.observing, proof.enforcing].flatMap((phase): readonly Listed[] =>
    phase === null || phase.state === null ? [] : [{ class: 'posture', scenario: phase.phase, attempt: null }],
  );
  const events = proof.neighbourEvents.map(({ class: of, scenario }) => ({ class: of, scenario, attempt: null }));
  return [...attempts, ...states, ...events];
}

/** The same attempts once for each label: `open, exec: term, int`. */
function repeatedAttempts(picked: readonly PickedAttempts[]): Listed {
  const operations = picked.flatMap(({ classes }) =>
    classes.flatMap(({ class: own, in: content }) =>
      content(`/t/PHASE/${own}`, unnamedTarget).scenarios.map(({ attempt }) => attempt.operation[0]),
    ),
  );
  const labels = picked.map(({ proof }) => proof.label);
  return {
    class: picked[0]?.proof.class as CheckClass,
    scenario: `${[...new Set(operations)].join(', ')}: ${labels.join(', ')}`,
    attempt: null,
  };
}
