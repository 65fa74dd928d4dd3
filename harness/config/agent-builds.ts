// SPDX-License-Identifier: Apache-2.0
import { UsageError } from '../model/errors.js';
import type { Agent } from '../model/agent.js';
import type { Target } from '../target.js';
import { type AgentChoice, agentObject, type AgentOptions, readAgent } from './agent.js';
import type { AgentConfig } from './agent-schema.js';

/*
 * An agent runs on kernels of the architecture that its program is built for. Our own is there for each; another team's has
 * `binary`, and under `builds` what it is in place of that on kernels of other architectures.
 */

interface BuildPlaces extends Omit<AgentOptions, 'conventions' | 'field' | 'built'> {
  /** Where what is built of ours lies for an architecture. */
  readonly builtFor: (target: Target) => string;
  /** Architectures that the kernels of the command line may have. */
  readonly targets: readonly Target[];
}

interface AgentBuild extends AgentChoice {
  readonly built: string;
  /** What its program has to be built for; null where that is for the program to say. */
  readonly target: Target | null;
}

/** The builds of an agent that these architectures can want, the first of them first. */
function agentBuilds(
  choice: AgentChoice,
  { targets, builtFor }: Pick<BuildPlaces, 'targets' | 'builtFor'>,
): readonly AgentBuild[] {
  const { agent } = choice.config;
  if (agent === undefined) return targets.map((target) => ({ ...choice, built: builtFor(target), target }));
  const { builds } = agent;
  const others = targets.flatMap((target) => {
    const own = builds[target.name];
    if (own === undefined) return [];
    const field = `${choice.field}.builds.${target.name}`;
    return [{ ...choice, config: { agent: builtAgent(agent, own) }, field, built: '', target }];
  });
  return others.length === targets.length ? others : [{ ...choice, built: '', target: null }, ...others];
}

function builtAgent(agent: AgentConfig, own: NonNullable<AgentConfig['builds'][string]>): AgentConfig {
  const { files = {}, ...fields } = own;
  return { ...agent, ...fields, files: { ...agent.files, ...files }, builds: {} };
}

/** Reads every build of each agent that is wanted, an agent each. @throws UsageError for two of one architecture. */
export async function readAgents(
  choices: readonly AgentChoice[],
  { builtFor, targets, ...options }: BuildPlaces,
): Promise<readonly Agent[]> {
  const all = await Promise.all(
    choices.map(async (choice) => {
      const builds = agentBuilds(choice, { builtFor, targets });
      const agents = await Promise.all(builds.map(({ config, ...own }) => readAgent(config, { ...options, ...own })));
      for (const [index, build] of builds.entries()) checkBuild(build, agents[index], options.configFile);
      checkApart(choice, agents, options.configFile);
      return agents;
    }),
  );
  return all.flat();
}

function checkBuild({ target, field }: AgentBuild, agent: Agent | undefined, configFile = ''): void {
  if (target === null || agent === undefined || agent.target === target) return;
  throw new UsageError({
    message: `${configFile}: ${field}.binary: ${agent.identity.file} is built for ${agent.target.title}, not for ${target.title}`,
    next: 'name the program that is built for this architecture',
  });
}

/** A first program of an architecture that has one of its own. */
function checkApart({ field }: AgentChoice, agents: readonly Agent[], configFile = ''): void {
  const [first, ...others] = agents;
  const other = others.find(({ target }) => target === first?.target);
  if (first === undefined || other === undefined) return;
  const { name, title } = first.target;
  throw new UsageError({
    message: `${configFile}: ${field}.binary: ${first.identity.file} is built for ${title}, and so is ${field}.builds.${name}`,
    next: 'name the program of each architecture once',
  });
}

/** The object of a configuration's agent, or our own. */
export interface ConfiguredObject {
  /** A path from the working folder. */
  readonly file: string;
  /** Of the kernels that it is for; null where it is for all of the command line. */
  readonly target: Target | null;
}

/** Those of every build that these architectures can want. */
export function configuredObjects(
  choices: readonly AgentChoice[],
  { builtFor, targets, ...options }: Omit<BuildPlaces, 'object'>,
): readonly ConfiguredObject[] {
  return choices.flatMap((choice) => {
    const builds = agentBuilds(choice, { builtFor, targets });
    const all = builds.map((build): ConfiguredObject => {
      const rest = targets.filter((target) => builds.every((other) => other.target !== target));
      return { file: agentObject(build.config, { ...options, ...build }), target: build.target ?? rest[0] ?? null };
    });
    const [first] = all;
    // One file for all of them is for any kernel.
    return first !== undefined && all.every(({ file }) => file === first.file) ? [{ ...first, target: null }] : all;
  });
}
