// SPDX-License-Identifier: Apache-2.0
import { conventions, defaultContract } from '../contracts/registry.js';
import { type CheckOutcome, type CheckReport, checkClasses, environments } from '../model/check.js';
import { identityOn } from '../model/builds.js';
import type { AgentIdentity } from '../model/agent.js';
import type { VerifierStats } from '../model/evidence.js';
import {
  type Manifest,
  type ManifestAgent,
  type ManifestKernel,
  type ManifestObject,
  type ManifestProgram,
  manifestSchema,
  type ManifestScenario,
  type ManifestStats,
  scenarioRanks,
} from '../model/manifest.js';
import type { ObjectIdentity } from '../model/object.js';
import type { KernelReport, ObjectReport, ProgramReport, RanKernel, RunReport } from '../model/report.js';
import type { FailureCode } from '../model/verdict.js';

const unreliable: ReadonlySet<FailureCode> = new Set(['FLAKY', 'NOTHING_TESTED']);

/** Answered everything it was asked, the same each time: only such a kernel may become a baseline. */
export function mayBeBaseline(kernel: KernelReport): kernel is RanKernel {
  if (kernel.status !== 'ran' || kernel.verdict.kind === 'infra') return false;
  if (kernel.verdict.kind === 'fail' && unreliable.has(kernel.verdict.code)) return false;
  return kernel.objects.length > 0 && kernel.scenarios.every(({ fault }) => fault === null);
}

/**
 * One for each agent, by its contract; one without an agent where the run was about loading. The same run gives the same
 * manifests, whatever the order in which machines finished.
 */
export function manifestsOf(report: RunReport, kernel: RanKernel): readonly Manifest[] {
  const all = report.agent === null ? [] : [report.agent, ...report.others];
  const agents = all.flatMap((agent) => identityOn(agent, kernel.id) ?? []);
  const [first, second] = agents;
  if (first === undefined || second === undefined)
    return [manifestOf(report, kernel, { agent: first ?? null, ...whole })];
  const ownerOf = ({ object }: ObjectReport): AgentIdentity =>
    agents.find((agent) => agent.object === identityOf(report, kernel, object).sha256) ?? first;
  return agents.map((agent) =>
    manifestOf(report, kernel, {
      agent,
      has: (object) => ownerOf(object) === agent,
      keeps: (contract) => contract === (agent.contract ?? defaultContract.name),
    }),
  );
}

/** The part of a run that one agent has to do with. */
interface Part {
  readonly agent: AgentIdentity | null;
  readonly has: (object: ObjectReport) => boolean;
  readonly keeps: (contract: string) => boolean;
}

const whole: Pick<Part, 'has' | 'keeps'> = { has: () => true, keeps: () => true };

function manifestOf(report: RunReport, kernel: RanKernel, { agent, has, keeps }: Part): Manifest {
  const machines = kernel.scenarios.filter(({ contract }) => keeps(contract));
  return {
    schema: manifestSchema,
    ...contractField(agent?.contract ?? defaultContract.name),
    kernel: kernelOf(kernel),
    agent: agent === null ? null : agentOf(agent),
    objects: kernel.objects.filter(has).map((object) => objectOf(object, identityOf(report, kernel, object.object))),
    postures: environments.flatMap((environment) =>
      machines
        .filter((one) => one.environment === environment)
        .map(({ contract, posture }) => ({ ...contractField(contract), environment, posture })),
    ),
    scenarios: scenariosOf(machines.flatMap(({ contract, checks }) => checks.map((check) => ({ contract, ...check })))),
  };
}

function agentOf({ name, sha256 }: ManifestAgent): ManifestAgent {
  return { name, sha256 };
}

/** A row of the default contract does not say so: manifests of before there was another stay what they are. */
function contractField(contract: string): { readonly contract?: string } {
  return contract === defaultContract.name ? {} : { contract };
}

type ContractCheck = CheckReport & { readonly contract: string };

function kernelOf({ identity, facts }: RanKernel): ManifestKernel {
  return {
    id: identity.id,
    source: identity.source,
    package: identity.package,
    version: identity.version,
    release: facts.release,
    imageSha256: identity.imageSha256,
    configSha256: facts.config?.sha256 ?? null,
    btfSha256: facts.btf?.sha256 ?? null,
  };
}

function identityOf({ objects }: RunReport, { id }: RanKernel, object: string): ObjectIdentity {
  const found = objects.find(({ name }) => name === object);
  const identity = found === undefined ? null : identityOn(found, id);
  if (identity === null) throw new Error(`manifest: object ${object} has no identity on ${id}`);
  return identity;
}

function objectOf({ object, whole, programs, maps }: ObjectReport, identity: ObjectIdentity): ManifestObject {
  return {
    name: object,
    sha256: identity.sha256,
    compiler: identity.compiler,
    whole: whole.kind === 'failed' ? whole.code : whole.kind,
    programs: programs.map(programOf),
    maps,
  };
}

function programOf({ name, section, optional, load, attach, stats }: ProgramReport): ManifestProgram {
  return {
    name,
    section,
    target: /^[^/]+\/(.+)$/.exec(section)?.[1] ?? null,
    required: !optional,
    load: load.kind === 'failed' ? load.code : load.kind,
    attach: attach.kind === 'failed' ? attach.code : attach.kind,
    stats: stats === null ? null : statsOf(stats),
  };
}

function statsOf(stats: VerifierStats): ManifestStats {
  const { insns, totalStates, peakStates, maxStatesPerInsn, markRead, stackDepth, jitedSize, xlatedSize } = stats;
  return { insns, totalStates, peakStates, maxStatesPerInsn, markRead, stackDepth, jitedSize, xlatedSize };
}

function scenariosOf(checks: readonly ContractCheck[]): readonly ManifestScenario[] {
  const rows = new Map<string, { first: ContractCheck; outcomes: CheckOutcome[] }>();
  for (const check of checks) {
    const key = JSON.stringify([check.contract, check.environment, check.class, check.scenario]);
    const row = rows.get(key) ?? { first: check, outcomes: [] };
    row.outcomes.push(check.outcome);
    rows.set(key, row);
  }
  return [...rows.values()]
    .map(({ first: { contract, environment, class: name, scenario }, outcomes }) => ({
      ...contractField(contract),
      environment,
      class: name,
      scenario,
      verdict: worst(outcomes),
    }))
    .sort(byPlace);
}

function worst(outcomes: readonly CheckOutcome[]): string {
  const rank = Math.max(...outcomes.map(({ kind }) => scenarioRanks.indexOf(kind)));
  const codes = outcomes.flatMap((outcome) => (outcome.kind === 'fail' ? [outcome.code] : []));
  return [scenarioRanks[rank] ?? 'unproved', ...[...new Set(codes)].sort()].join(' ');
}

function byPlace(a: ManifestScenario, b: ManifestScenario): number {
  return (
    contractRank(a) - contractRank(b) ||
    environments.indexOf(a.environment) - environments.indexOf(b.environment) ||
    checkClasses.indexOf(a.class) - checkClasses.indexOf(b.class) ||
    (a.scenario < b.scenario ? -1 : 1)
  );
}

function contractRank({ contract = defaultContract.name }: ManifestScenario): number {
  return conventions.findIndex((one) => one.contract === contract);
}
