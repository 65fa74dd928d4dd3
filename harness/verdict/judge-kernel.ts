// SPDX-License-Identifier: Apache-2.0
import type { ScenarioReport } from '../model/check.js';
import { sumOf } from '../model/sum.js';
import type { Expectation } from '../model/expectation.js';
import type { GuestFacts } from '../model/facts.js';
import { isUnsignedImage, type KernelIdentity } from '../model/kernel.js';
import { kernelTarget } from '../model/kernel-name.js';
import type { BrokenKernel, KernelReport, MissingKernel, ObjectReport, RanKernel } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import { libbpfLogPath, verifierLogPath } from '../results/paths.js';
import type { KernelResult, ScenarioSession, SessionFault, SessionResult } from '../results/session.js';
import { expectedOn, expectingKernel, failedAsExpected } from './expectations.js';
import type { ProvedMachine } from './finding-facts.js';
import { findingsOf } from './findings.js';
import { outOfMemoryLines } from './out-of-memory.js';
import { judgeObject, pass, unparsedLogs } from './judge-object.js';
import { provedMachines, scenarioVerdict } from './judge-session.js';

type Scenarios = readonly ScenarioReport[];
/** What a kernel is judged by. */
interface Judged {
  readonly machines: readonly ProvedMachine[];
  readonly objects: readonly ObjectReport[];
  readonly reused: Pick<RanKernel, 'reused'>;
  readonly extent: Extent;
}

/** Whether it was asked everything that a run asks a kernel, or what one shard of a run does. */
export type Extent = 'whole' | 'part';

/** Judges one kernel by what it loaded and what its agent proved. */
export function judgeKernel(
  result: Exclude<KernelResult, { kind: 'command' }>,
  entries: readonly Expectation[],
  extent: Extent = 'whole',
): KernelReport {
  if (result.kind === 'unavailable') return missing(result.kernel);
  const { session } = result;
  const machines = provedMachines(result.scenarios, kernelTarget(session.identity.id));
  const scenarios = machines.map(({ report }) => report);
  const { boot, facts } = session;
  const reused = reusedOf(session, result.scenarios);
  const judged = (of: SessionResult): Judged => ({ machines, objects: judgeObjects(of, entries), reused, extent });
  const fault = session.fault ?? scenarios.find((one) => one.fault !== null)?.fault ?? null;
  if (fault !== null) return broken(session, judged(session), fault);
  if (boot === null || facts === null) {
    return broken(session, judged(session), {
      cause: 'HARNESS',
      message: 'the session ended without facts',
      next: 'report this with --debug output',
      consoleTail: [],
    });
  }
  const hungry = session.objects.flatMap(outOfMemoryLines);
  if (hungry[0] !== undefined) return broken(session, judged(withoutStarved(session)), memoryFault(hungry));
  const unparsed = session.objects.flatMap(unparsedLogs);
  if (unparsed[0] !== undefined) return broken(session, judged(session), unparsedFault(unparsed));
  return ran(session, judged(session), boot, facts);
}

function ran(
  session: SessionResult,
  { machines, objects, reused, extent }: Judged,
  boot: RanKernel['boot'],
  facts: GuestFacts,
): RanKernel {
  const scenarios = machines.map(({ report }) => report);
  return {
    status: 'ran',
    id: session.identity.id,
    source: session.identity.source,
    verdict: kernelVerdict(session.asked, objects, scenarios, extent),
    detail: [...tally(objects), ...checkTally(scenarios)].join(', '),
    notes: [...driftNotes(session), ...session.notes, ...lsmNotes(facts, objects)],
    identity: session.identity,
    boot,
    facts,
    objects,
    ...reused,
    scenarios,
    findings: findingsOf(session.identity.id, machines, objects),
    command: null,
    console: session.console ?? '',
    ms: session.ms,
  };
}

/** What the guest had answered before it broke still counts: a failure that was proved is not lost in the fault. */
function broken(session: SessionResult, { machines, objects, reused }: Judged, fault: SessionFault): BrokenKernel {
  const scenarios = machines.map(({ report }) => report);
  const proved = [...objects.map(({ verdict }) => verdict), scenarioVerdict(scenarios)].find(isFailure);
  return {
    status: 'broken',
    id: session.identity.id,
    source: session.identity.source,
    verdict: proved ?? { kind: 'infra', cause: fault.cause },
    detail: fault.message,
    notes: driftNotes(session),
    cause: fault.cause,
    next: fault.next,
    identity: session.identity,
    boot: session.boot,
    facts: session.facts,
    objects,
    ...reused,
    scenarios,
    findings: findingsOf(session.identity.id, machines, objects),
    command: null,
    console: session.console,
    consoleTail: fault.consoleTail,
    ms: session.ms,
  };
}

/** A kernel whose answers could not be judged: none of them are reported, and its evidence has them all. */
export function unjudgedKernel(session: SessionResult, fault: SessionFault): BrokenKernel {
  return broken(
    { ...session, boot: null, facts: null, ms: 0 },
    { machines: [], objects: [], reused: {}, extent: 'whole' },
    fault,
  );
}

/** How many of a kernel's sessions are of earlier runs; nothing where none is. */
function reusedOf({ since }: SessionResult, scenarios: readonly ScenarioSession[]): Pick<RanKernel, 'reused'> {
  const proving = scenarios.flatMap(({ sessions }) => sessions ?? []);
  const dates = [since ?? null, ...proving.map((one) => one.since)].filter((one) => one !== null).sort();
  const [oldest] = dates;
  if (oldest === undefined) return {};
  const sessions = Number(since !== undefined) + sumOf(proving.map((one) => one.reused));
  const partly = sumOf(proving.map((one) => one.inPart ?? 0));
  const anew = [...new Set(proving.flatMap((one) => one.anew ?? []))];
  const of = 1 + sumOf(proving.map((one) => one.all));
  return { reused: { sessions, ...(partly === 0 ? {} : { inPart: { sessions: partly, anew } }), of, since: oldest } };
}

function missing(kernel: Extract<KernelResult, { kind: 'unavailable' }>['kernel']): MissingKernel {
  const { id, source, reason, detail, tried, next } = kernel;
  return {
    status: 'unavailable',
    id,
    source,
    verdict: { kind: 'unavailable', reason },
    detail,
    notes: [],
    reason,
    tried,
    next,
  };
}

/** An object that met the limit of the guest was not judged at all. */
function withoutStarved(session: SessionResult): SessionResult {
  return { ...session, objects: session.objects.filter((evidence) => outOfMemoryLines(evidence).length === 0) };
}

function memoryFault(hungry: readonly string[]): SessionFault {
  const more = hungry.length > 3 ? `, and ${hungry.length - 3} more` : '';
  return {
    cause: 'GUEST_MEMORY',
    message: `the guest had too little memory for ${hungry.slice(0, 3).join(', ')}${more}`,
    next: 'give the guests more: --memory 1024',
    consoleTail: [],
  };
}

function unparsedFault(unparsed: readonly string[]): SessionFault {
  return {
    cause: 'LOG_UNPARSED',
    message: `verifier statistics could not be read: ${unparsed.join('; ')}`,
    next: 'the kernel words its statistics in a new way: extend harness/guest/verifier-stats.ts',
    consoleTail: [],
  };
}

function judgeObjects({ identity, facts, objects, asked }: SessionResult, entries: readonly Expectation[]) {
  if (facts === null) return [];
  const { id } = identity;
  return objects.map((evidence) =>
    judgeObject(evidence, {
      facts,
      logPath: (program) => verifierLogPath(id, evidence.object, program, asked),
      libbpfPath: libbpfLogPath(id, evidence.object, asked),
      expected: expectedOn(expectingKernel(id, facts), evidence.object, entries),
    }),
  );
}

function kernelVerdict(asked: number, objects: readonly ObjectReport[], scenarios: Scenarios, extent: Extent): Verdict {
  if (objects.length < asked || (objects.length === 0 && scenarios.length === 0)) {
    return { kind: 'fail', stage: 'load', code: 'NOTHING_TESTED' };
  }
  const load = objects.find((object) => object.verdict.kind !== 'pass')?.verdict;
  return load ?? scenarioVerdict(scenarios, extent) ?? pass;
}

function isFailure(verdict: Verdict | null): verdict is Extract<Verdict, { kind: 'fail' }> {
  return verdict?.kind === 'fail';
}

function checkTally(scenarios: Scenarios): readonly string[] {
  const checks = scenarios
    .flatMap((one) => one.checks)
    .filter(({ outcome }) => outcome.kind !== 'not-offered' && outcome.kind !== 'gained');
  const passed = checks.filter(({ outcome }) => outcome.kind === 'pass').length;
  return scenarios.length === 0 ? [] : [`${passed}/${checks.length} checks passed`];
}

function tally(objects: readonly ObjectReport[]): readonly string[] {
  if (objects.length === 0) return [];
  const programs = objects.flatMap((object) => object.programs);
  const loaded = programs.filter((program) => program.load.kind === 'loaded').length;
  const attached = programs.filter((program) => program.attach.kind === 'attached').length;
  const expected = programs.filter(failedAsExpected).length;
  const failed = expected === 0 ? [] : [`${expected} failed as expected`];
  return [`${loaded}/${programs.length} programs loaded, ${attached} attached`, ...failed];
}

function driftNotes({ identity }: SessionResult): string[] {
  switch (identity.lock) {
    case 'drifted':
      return [`DRIFTED: the lock asks for ${lockedName(identity)}, the archive now has ${offeredName(identity)}`];
    case 'pending':
      return [
        `PENDING: nobody could lock it yet; ${identity.version ?? '?'} is the newest of its series that the archive has today. This report offers its lock entry: kernels lock --from`,
      ];
    case 'unlocked':
      return [`UNLOCKED: no kernel of the catalog; ${identity.version ?? '?'} is what the archive offers today`];
    case 'pinned':
    case 'local':
      return [];
  }
}

/** Of one version there may be a signed and an unsigned image, which the version alone does not tell apart. */
function lockedName({ version, pinnedVersion, pinnedPackage }: KernelIdentity): string {
  return version === pinnedVersion ? namedImage(pinnedPackage, pinnedVersion) : (pinnedVersion ?? '?');
}

function offeredName({ version, pinnedVersion, package: name }: KernelIdentity): string {
  return version === pinnedVersion ? namedImage(name, version) : (version ?? '?');
}

function namedImage(name: string | null, version: string | null): string {
  if (name === null || version === null) return version ?? '?';
  return `the ${isUnsignedImage(name) ? 'unsigned' : 'signed'} image ${name} ${version}`;
}

/** With CONFIG_BPF_LSM=y and no bpf in lsm=, LSM programs load and attach and are never called. */
function lsmNotes(facts: GuestFacts, objects: readonly ObjectReport[]): string[] {
  const lsmPrograms = objects.flatMap((object) => object.programs).filter((program) => program.type === 'lsm');
  if (lsmPrograms.length === 0 || facts.lsm?.includes('bpf')) return [];
  const list = facts.lsm === null ? 'there is no LSM list' : `the LSM list is ${facts.lsm.join(',')}`;
  return [`NO BPF LSM: ${list}; LSM programs may load and attach here, and are never called`];
}
