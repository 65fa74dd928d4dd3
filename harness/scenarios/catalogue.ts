import type { CheckClass, Environment } from '../model/check.js';
import { denialClasses, fallbackClasses } from './classes/index.js';
import type { CatalogueEntry, ScenarioClass } from './language.js';

/** Scenarios that are more than one attempt. */
const compound: readonly CatalogueEntry[] = [
  ...rows(
    'posture',
    ['lsm'],
    [
      'audit',
      'enforce',
      'enforcement is announced when it is true',
      'the signal fallback asked for where the LSM works',
      'a policy nobody can read',
      'a hook is missing: fail-closed',
      'a hook is missing: audit-fallback',
    ],
  ),
  ...rows(
    'posture',
    ['lsm-override', 'no-lsm'],
    [
      'audit',
      'signal term',
      'audit, fallback on',
      'fallback on, both gates open',
      'fallback off: fail-closed',
      'fallback off: audit-fallback',
      'a rule no signal serves: fail-closed',
      'a rule no signal serves: audit-fallback',
    ],
  ),
  ...rows('exec', ['lsm'], ['a program that may run']),
  ...rows('records', ['lsm'], ['records hold what was written for them']),
  ...rows('restart', ['lsm'], ['a restart without a gap', 'a new policy without a gap', 'a policy nobody can read']),
  ...rows('signal', ['lsm'], ['open, exec, connect, sendto: term, int', 'TERM to KILL escalation']),
  ...rows('signal', ['lsm-override', 'no-lsm'], ['open, exec, connect, sendto: none, int, kill']),
];

/** Every scenario there is, for people who look for one. */
export function catalogue(): readonly CatalogueEntry[] {
  return [
    ...denialClasses.flatMap((one) => entriesOf(one, one.class, ['lsm'], '')),
    ...fallbackClasses.flatMap((one) => entriesOf(one, 'signal', ['lsm-override', 'no-lsm'], `${one.class}: `)),
    ...compound,
  ];
}

function entriesOf(
  { class: own, in: content }: ScenarioClass,
  as: CheckClass,
  environments: readonly Environment[],
  prefix: string,
): readonly CatalogueEntry[] {
  return content(`/t/PHASE/${own}`).scenarios.map(({ name, attempt }) => ({
    class: as,
    scenario: `${prefix}${name}`,
    environments,
    attempt: attempt.words.join(' '),
  }));
}

function rows(name: CheckClass, environments: readonly Environment[], scenarios: readonly string[]): readonly CatalogueEntry[] {
  return scenarios.map((scenario) => ({ class: name, scenario, environments, attempt: null }));
}
