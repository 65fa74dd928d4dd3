// SPDX-License-Identifier: Apache-2.0
import type { AgentOffer, Contract, ContractEnvironment } from '../contracts/contract.js';
import type { AttemptsProof, Proof } from '../contracts/proof.js';
import { assertNever } from '../model/assert-never.js';
import type { CheckClass, Environment } from '../model/check.js';
import { classesOf } from './classes/index.js';

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
  // Environments that are asked the same are one line.
  const groups = new Map<string, { readonly listed: readonly Listed[]; readonly environments: Environment[] }>();
  for (const one of contract.environments) {
    const listed = listedOf(contract.proofs(one.environment, everything(contract)), one);
    const key = JSON.stringify(listed);
    const group = groups.get(key) ?? { listed, environments: [] };
    group.environments.push(one.environment);
    groups.set(key, group);
  }
  const entries = [...groups.values()].flatMap(({ listed, environments }) =>
    listed.map((one) => ({ ...one, environments })),
  );
  return [...entries.filter(({ attempt }) => attempt !== null), ...entries.filter(({ attempt }) => attempt === null)];
}

/** An agent that offers all there is. */
function everything({ conventions }: Contract): AgentOffer {
  return {
    rules: new Set(conventions.rules),
    signals: new Set(conventions.signals),
    features: new Set(Object.keys(conventions.features)),
    overrides: new Set(['lsm', 'btf'] as const),
    prepare: [],
  };
}

function listedOf(proofs: readonly Proof[], environment: ContractEnvironment): readonly Listed[] {
  const repeated = proofs.filter((one) => one.kind === 'attempts' && one.label !== null) as readonly AttemptsProof[];
  return proofs.flatMap((proof) =>
    proof === repeated[0] ? [repeatedAttempts(repeated)] : entriesOf(proof, environment),
  );
}

function entriesOf(proof: Proof, environment: ContractEnvironment): readonly Listed[] {
  const compound = (scenario: string): Listed => ({ class: proof.class as CheckClass, scenario, attempt: null });
  switch (proof.kind) {
    case 'controls':
    case 'not-offered':
      return [];
    case 'attempts':
      return proof.label === null ? attemptEntries(proof, environment) : [];
    case 'posture':
      return [compound(proof.row.name)];
    case 'missing-hook':
      return proof.rows.map(({ name }) => compound(name));
    case 'restart':
      return [proof.scenarios.takeover, proof.scenarios.reload, proof.scenarios.malformed].map(compound);
    case 'announcement':
    case 'records':
    case 'escalation':
      return [compound(proof.scenario)];
    default:
      return assertNever(proof);
  }
}

/** Its scenarios, the states in which the agent is looked at meanwhile, and events that are looked for besides. */
function attemptEntries(proof: AttemptsProof, { classes }: ContractEnvironment): readonly Listed[] {
  const own = classesOf(proof.attempts).filter((one) => proof.class !== 'each' || classes.includes(one.class));
  const attempts = own.flatMap(({ class: of, in: content }) =>
    content(`/t/PHASE/${of}`).scenarios.map(({ name, attempt }) => ({
      class: proof.class === 'each' ? of : proof.class,
      scenario: proof.class === 'each' ? name : `${of}: ${name}`,
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
function repeatedAttempts(proofs: readonly AttemptsProof[]): Listed {
  const [first] = proofs;
  const operations = classesOf(first?.attempts ?? 'essential').flatMap(({ class: own, in: content }) =>
    content(`/t/PHASE/${own}`).scenarios.map(({ attempt }) => attempt.operation[0]),
  );
  const labels = proofs.map(({ label }) => label);
  return {
    class: first?.class as CheckClass,
    scenario: `${operations.join(', ')}: ${labels.join(', ')}`,
    attempt: null,
  };
}
