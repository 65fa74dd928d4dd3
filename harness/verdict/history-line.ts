// SPDX-License-Identifier: Apache-2.0
import { type HistoryKernel, type HistoryLine, historySchema, type NamedHash } from '../model/history.js';
import type { KernelId } from '../model/kernel.js';
import type { AgentIdentity } from '../model/agent.js';
import type { ObjectIdentity } from '../model/object.js';
import type { KernelReport, MissingKernel, RunReport } from '../model/report.js';
import type { SessionAnswer } from '../model/session-answer.js';
import { sumOf } from '../model/sum.js';
import { verdictCode } from '../model/verdict.js';
import { doesVerdictCount } from './expectations.js';

/** What a report does not say of its run. */
export interface RunSurroundings {
  readonly cpu: string;
  readonly cpus: number;
  /** Digest of what judged it; null where it is not known. */
  readonly judge: string | null;
  /** By kernel, in the order in which they ended. */
  readonly answers: ReadonlyMap<KernelId, readonly SessionAnswer[]>;
}

/** The line of a run in the history. */
export function historyLineOf(report: RunReport, { cpu, cpus, judge, answers }: RunSurroundings): HistoryLine {
  const { tool, host, options, objects, agent, others } = report;
  const programs = programNames(report.kernels);
  const { accel, qemu, node } = host;
  return {
    schema: historySchema,
    started: report.started,
    ms: report.ms,
    exitCode: report.exitCode,
    tool: `${tool.name} ${tool.version}`,
    host: { cpu, cpus, accel, qemu, node },
    given: options.given,
    jobs: options.jobs,
    judge,
    objects: objects.flatMap(hashesOf),
    agents: (agent === null ? [] : [agent, ...others]).flatMap(hashesOf),
    programs,
    kernels: report.kernels.map((kernel) => kernelLine(kernel, programs, answers.get(kernel.id) ?? [])),
  };
}

/** `aegis`, and what it is on kernels of another architecture, `aegis/arm64`. */
function hashesOf(identity: ObjectIdentity | AgentIdentity): readonly NamedHash[] {
  const { name, sha256, builds = [] } = identity;
  return [{ name, sha256 }, ...builds.map((one) => ({ name: `${name}/${one.architecture}`, sha256: one.sha256 }))];
}

type Ran = Exclude<KernelReport, MissingKernel>;

/** In the order in which kernels first have them. */
function programNames(kernels: readonly KernelReport[]): readonly string[] {
  const ran = kernels.flatMap((kernel) => (kernel.status === 'unavailable' ? [] : kernel));
  return [...new Set(ran.flatMap((kernel) => [...insnsOf(kernel).keys()]))];
}

/** Of each program of which the verifier said it. */
function insnsOf({ objects }: Ran): ReadonlyMap<string, number> {
  return new Map(
    objects.flatMap(({ object, programs }) =>
      programs.flatMap(({ name, stats }): (readonly [string, number])[] =>
        stats === null || stats.insns === null ? [] : [[`${object}/${name}`, stats.insns]],
      ),
    ),
  );
}

function kernelLine(
  kernel: KernelReport,
  programs: readonly string[],
  sessions: readonly SessionAnswer[],
): HistoryKernel {
  const { id, verdict } = kernel;
  const about = { id, verdict: verdict.kind, code: verdictCode(verdict) };
  if (kernel.status === 'unavailable') {
    const none = { programs: { ok: 0, failed: 0 }, checks: { pass: 0, failed: 0, unproved: 0 } };
    return { ...about, release: null, image: null, ...none, ms: 0, insns: programs.map(() => null), sessions };
  }
  const insns = insnsOf(kernel);
  return {
    ...about,
    release: kernel.facts?.release ?? null,
    image: kernel.identity.imageSha256,
    programs: programTally(kernel),
    checks: checkTally(kernel),
    ms: sumOf([kernel.ms, ...kernel.scenarios.map(({ ms }) => ms)]),
    insns: programs.map((name) => insns.get(name) ?? null),
    sessions,
  };
}

/** Failures that are expected are none. */
function programTally({ objects }: Ran): HistoryKernel['programs'] {
  const programs = objects.flatMap((object) => object.programs);
  const failed = programs.filter((one) => one.verdict.kind !== 'pass' && doesVerdictCount(one)).length;
  return { ok: programs.filter(({ verdict }) => verdict.kind === 'pass').length, failed };
}

function checkTally({ scenarios }: Ran): HistoryKernel['checks'] {
  const kinds = scenarios.flatMap(({ checks }) => checks.map(({ outcome }) => outcome.kind));
  const countOf = (kind: string): number => kinds.filter((one) => one === kind).length;
  return { pass: countOf('pass'), failed: countOf('fail'), unproved: countOf('unproved') };
}
