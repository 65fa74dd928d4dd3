// SPDX-License-Identifier: Apache-2.0
import { type Only, parseOnly } from '../../../config/only.js';
import { contractNamed } from '../../../contracts/registry.js';
import type { Agent } from '../../../model/agent.js';
import { checkClasses } from '../../../model/check.js';
import { UsageError } from '../../../model/errors.js';
import { everyScenario, type ScenarioFilter, scenarioFilter } from '../../../plan/scenario-filter.js';
import { threeNearest } from '../../../plan/select.js';
import { formatCount } from '../../../report/views/format.js';
import { type CatalogueEntry, plannedEntries } from '../../../scenarios/catalogue.js';
import type { RunFlags } from './flags.js';

/** Classes that --only names. Whoever names scenarios asks for all of them, and not for loading alone. */
export function askedClasses({ only, scenario }: RunFlags): Only {
  const asked = parseOnly('--only', only);
  if (scenario === undefined) return asked;
  if (asked !== 'none') return asked === 'all' ? new Set(checkClasses) : asked;
  throw new UsageError({
    message: '--scenario names what is proved of an agent, and --only load proves nothing of it',
    next: 'leave one of the two out',
  });
}

/** @throws UsageError for a pattern that no scenario matches, with names that are near. */
export function wantedScenarios(
  { scenario: globs }: RunFlags,
  agents: readonly Agent[],
  only: Only,
): { readonly scenarios: ScenarioFilter; readonly notices: readonly string[] } {
  if (globs === undefined || agents.length === 0 || only === 'none') return { scenarios: everyScenario, notices: [] };
  const classes = new Set(only === 'all' ? checkClasses : only);
  const entriesFor = (scenarios: ScenarioFilter): readonly CatalogueEntry[] =>
    oneOfEach(agents).flatMap((agent) => plannedEntries(contractNamed(agent.contract), agent, { classes, scenarios }));
  const all = entriesFor(everyScenario).filter((entry) => classes.has(entry.class));
  for (const glob of globs) if (entriesFor(scenarioFilter([glob])).length === 0) throw noScenario(glob, all);
  const scenarios = scenarioFilter(globs);
  const wanted = entriesFor(scenarios).filter((entry) => classes.has(entry.class));
  const notice = `a part of the proof: --scenario leaves ${wanted.length} of ${formatCount(all.length, 'scenario')}`;
  return { scenarios, notices: [notice] };
}

/** Of each contract one: the same is asked of what an agent is on other architectures. */
export function oneOfEach(agents: readonly Agent[]): readonly Agent[] {
  return [...new Map([...agents].reverse().map((agent) => [agent.contract, agent])).values()].reverse();
}

function noScenario(glob: string, all: readonly CatalogueEntry[]): UsageError {
  const names = [...new Set(all.map(({ scenario }) => scenario))];
  const inside = /[*?]/.test(glob) ? [] : names.filter(scenarioFilter([`*${glob}*`])).slice(0, 3);
  const near = inside.length > 0 ? inside : threeNearest(glob, names);
  return new UsageError({
    message: `--scenario ${glob}: no scenario has this name; nearest: ${near.join(', ')}`,
    next: `a pattern stands for a whole name: --scenario '*${glob.replaceAll('*', '')}*'; scenarios list shows all`,
  });
}
