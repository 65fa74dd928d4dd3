// SPDX-License-Identifier: Apache-2.0
import {
  type AttachOutcome,
  isLoaderDeath,
  type MapDeclaration,
  type ObjectEvidence,
  type PartialEvidence,
  type ProgramDeclaration,
  type ProgramEvidence,
  type WholeEvidence,
} from '../model/evidence.js';
import type { Expectation } from '../model/expectation.js';
import type { GuestFacts } from '../model/facts.js';
import { describeNeeds, type MapFixup } from '../model/needs.js';
import type { AttachVerdict, LoadVerdict, ObjectReport, ProgramReport } from '../model/report.js';
import type { FailureCode, Verdict } from '../model/verdict.js';
import type { LoaderCase } from './causes-case.js';
import { classifyLoad } from './classify-load.js';
import { errnoName } from '../model/errno.js';
import { type ExpectedOf, failedAsExpected, doesVerdictCount, outcomeOf } from './expectations.js';
import { explainLoad, explainWithoutLog } from './explain.js';
import { decisiveLibbpfMessage } from './libbpf-messages.js';
import { readVerifierLog } from './verifier-log.js';

/** What judging an object needs besides its evidence. */
export interface JudgeContext {
  readonly facts: Pick<GuestFacts, 'btf' | 'release' | 'machine' | 'config'>;
  /** Path of a program's verifier log, relative to the report folder. */
  readonly logPath: (program: string) => string;
  /** Path of what libbpf said of the object, relative to the report folder. */
  readonly libbpfPath: string;
  /** What is expected of a program of it on this kernel. */
  readonly expected: ExpectedOf;
}

export const pass: Verdict = { kind: 'pass' };

export function judgeObject(evidence: ObjectEvidence, context: JudgeContext): ObjectReport {
  const programs = evidence.declared.programs.map((declared) => judgeProgram(declared, evidence, context));
  const whole =
    evidence.whole === null ? unloaded(evidence, context) : judgeWhole(evidence, evidence.whole, programs, context);
  const partial = evidence.partial === undefined ? {} : { partial: judgePartial(evidence, evidence.partial, context) };
  return {
    object: evidence.object,
    verdict: objectVerdict(evidence, { programs, whole, ...partial }),
    programs,
    maps: evidence.declared.maps.map((map) => {
      const errno = evidence.maps.find((candidate) => candidate.map === map.name)?.errno ?? 0;
      return { ...map, error: errno === 0 ? null : errnoName(errno) };
    }),
    whole,
    ...partial,
    ...conditionsOf(evidence),
  };
}

/** What the object was loaded with that is not its own, and where the other loader would have asked otherwise. */
function conditionsOf({ open, declared, needs, fixups = [] }: ObjectEvidence): Pick<ObjectReport, 'conditions'> {
  const loader = needs?.loader ?? 'libbpf';
  const given = needs === undefined ? [] : describeNeeds(needs);
  const differences = fixups.filter((fixup) => loader === 'ebpf-go' || mayDecide(fixup, declared.maps));
  if (open.errno !== 0 || (loader === 'libbpf' && given.length + differences.length === 0)) return {};
  return { conditions: { loader, given, differences } };
}

/** Fewer entries than the object asks for, of which only those for processors are ever used, decide nothing. */
function mayDecide({ map, attribute, libbpf, ebpfGo }: MapFixup, maps: readonly MapDeclaration[]): boolean {
  if (attribute !== 'max_entries' || libbpf < ebpfGo) return true;
  return /ringbuf$/.test(maps.find(({ name }) => name === map)?.type ?? '');
}

function judgePartial(
  evidence: ObjectEvidence,
  partial: PartialEvidence,
  context: JudgeContext,
): NonNullable<ObjectReport['partial']> {
  const { withoutPrograms, withoutMaps } = partial;
  return { withoutPrograms, withoutMaps, load: judgeWhole(evidence, partial, [], context) };
}

/** An object that libbpf does not open is a failure of the whole: there are no programs to speak of. */
function unloaded({ open, ...object }: ObjectEvidence, { libbpfPath }: JudgeContext): ObjectReport['whole'] {
  if (open.errno === 0) return { kind: 'not-tried' };
  const code = 'OBJECT_INVALID';
  const { libbpf, unresolved } = open;
  const line = `open: ${errnoName(open.errno)}; ${decisiveLibbpfMessage(libbpf) ?? 'no words'}`;
  const log = libbpf.length === 0 ? null : libbpfPath;
  return {
    kind: 'failed',
    code,
    why: explainWithoutLog(open.errno, line, { code, libbpf, unresolved, loader: loaderCase(object) }, log),
  };
}

function judgeProgram(declared: ProgramDeclaration, object: ObjectEvidence, context: JudgeContext): ProgramReport {
  const evidence = object.programs.find((candidate) => candidate.program === declared.name);
  const load = evidence === undefined ? unanswered : judgeLoad(declared, evidence, object, context);
  const attached = attachedEvidence(object);
  const attach = isOwed(declared, attached)
    ? unattached
    : judgeAttach(declared, attached?.attach.get(declared.name), context);
  const expected = context.expected(declared.name);
  const cost = object.costs?.find(({ program }) => program === declared.name);
  return {
    name: declared.name,
    section: declared.section,
    type: declared.type,
    optional: isOptional(declared, expected),
    expected: expected === null ? null : outcomeOf(expected, load, attach),
    load,
    attach,
    stats: evidence?.stats ?? null,
    ...(cost === undefined ? {} : { cost }),
    verdict: programVerdict(load, attach),
  };
}

/** The configuration has the last word. */
function isOptional({ autoload }: ProgramDeclaration, expected: Expectation | null): boolean {
  switch (expected?.expect) {
    case 'optional':
      return true;
    case 'required':
      return false;
    default:
      return !autoload;
  }
}

/** A declared program that the guest said nothing of is a failure, never a pass. */
const unanswered: LoadVerdict = {
  kind: 'failed',
  code: 'LOAD_FAILED',
  why: explainWithoutLog(0, 'the guest did not answer for this program'),
};

/** A program of a loaded object of whose attach nothing was said is a failure, too. */
const unattached: AttachVerdict = {
  kind: 'failed',
  code: 'ATTACH_FAILED',
  why: explainWithoutLog(0, 'attach: the guest did not answer for this program'),
};

const loaderCase = ({ needs, fixups }: Pick<ObjectEvidence, 'needs' | 'fixups'>): LoaderCase => ({
  name: needs?.loader ?? 'libbpf',
  fixups: fixups ?? [],
});

const isLoaded = ({ stage, errno }: WholeEvidence): boolean => stage === 'done' && errno === 0;

/** The load that was attached: that of the whole, or of the part that loads. */
function attachedEvidence({ whole, partial }: ObjectEvidence): WholeEvidence | PartialEvidence | null {
  return whole === null || isLoaded(whole) ? whole : (partial ?? whole);
}

/** Is the answer about attaching a program missing that an agent would have got? */
function isOwed({ name, autoload }: ProgramDeclaration, whole: WholeEvidence | PartialEvidence | null): boolean {
  if (!autoload || whole === null || !isLoaded(whole) || whole.attach.has(name)) return false;
  if ('withoutPrograms' in whole && whole.withoutPrograms.includes(name)) return false;
  // A loader that died on the way has reported at which program; it came to no other.
  return ![...whole.attach.values()].some((outcome) => outcome.kind === 'failed' && isLoaderDeath(outcome.errno));
}

function judgeLoad(
  declared: ProgramDeclaration,
  evidence: ProgramEvidence,
  object: ObjectEvidence,
  { facts, logPath, libbpfPath }: JudgeContext,
): LoadVerdict {
  if (evidence.stage === 'done' && evidence.errno === 0) return { kind: 'loaded' };
  const reason = classifyLoad(evidence, facts);
  const { release } = facts;
  const log = evidence.log !== '' ? logPath(evidence.program) : evidence.libbpf.length > 0 ? libbpfPath : null;
  const loader = loaderCase(object);
  const why = explainLoad({ declared, evidence, reason, maps: object.maps, loader, release, log });
  return { kind: 'failed', code: reason.code, why };
}

function judgeAttach(
  { section }: ProgramDeclaration,
  outcome: AttachOutcome | undefined,
  { facts, libbpfPath }: JudgeContext,
): AttachVerdict {
  if (outcome === undefined) return { kind: 'not-tried' };
  if (outcome.kind !== 'failed') return outcome;
  const { attachPoint, symbol, errno, libbpf } = outcome;
  const missing = attachPoint?.exists === false;
  const evidence = missing
    ? `this kernel has no ${attachPoint.name} to attach to`
    : (decisiveLibbpfMessage(libbpf) ?? 'no words');
  const code = missing ? 'HOOK_MISSING' : 'ATTACH_FAILED';
  const log = libbpf.length === 0 ? null : libbpfPath;
  const { release, machine, config } = facts;
  const directCalls = config?.options['CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS'] ?? null;
  const known = { code, section, attachPoint, symbol, libbpf, release, machine, directCalls } as const;
  const why = explainWithoutLog(errno, `attach: ${errnoName(errno)}; ${evidence}`, known, log);
  return { kind: 'failed', code, why };
}

function programVerdict(load: LoadVerdict, attach: AttachVerdict): Verdict {
  if (load.kind === 'failed') return { kind: 'fail', stage: 'load', code: load.code };
  if (attach.kind === 'failed') return { kind: 'fail', stage: 'attach', code: attach.code };
  return pass;
}

/** The whole object fails for the reason of the program it stopped at; without one, for a reason of its own. */
function judgeWhole(
  { maps, declared, ...object }: ObjectEvidence,
  whole: WholeEvidence,
  programs: readonly ProgramReport[],
  { facts, libbpfPath }: JudgeContext,
): LoadVerdict {
  if (isLoaded(whole)) return { kind: 'loaded' };
  const culprit =
    programs.find((program) => program.name === whole.stoppedAt) ??
    programs.find(({ name, load }) => load.kind === 'failed' && isAutoloaded(declared, name));
  if (culprit?.load.kind === 'failed') {
    const { code, why } = culprit.load;
    return { kind: 'failed', code, why: { ...why, decidingLine: `${culprit.name}: ${why.decidingLine}` } };
  }
  const code: FailureCode = whole.stage === 'map' ? 'MAP_UNSUPPORTED' : 'LOAD_FAILED';
  const words = [whole.stoppedAt, decisiveLibbpfMessage(whole.libbpf)].filter((word) => word !== null).join(': ');
  const { errno, libbpf } = whole;
  const missingMaps = maps.filter((map) => map.errno !== 0 && map.map === whole.stoppedAt);
  const known = { code, libbpf, missingMaps, loader: loaderCase(object), release: facts.release } as const;
  const log = libbpf.length === 0 ? null : libbpfPath;
  const line = `stage ${whole.stage}: ${errnoName(errno)}; ${words}`;
  return { kind: 'failed', code, why: explainWithoutLog(errno, line, known, log) };
}

function isAutoloaded({ programs }: ObjectEvidence['declared'], name: string): boolean {
  return programs.some((program) => program.name === name && program.autoload);
}

type Judged = Pick<ObjectReport, 'programs' | 'whole' | 'partial'>;

function objectVerdict(evidence: ObjectEvidence, judged: Judged): Verdict {
  const { programs, whole } = judged;
  if (evidence.open.errno !== 0) return { kind: 'fail', stage: 'open', code: 'OBJECT_INVALID' };
  const failed = programs.find(doesVerdictCount);
  if (failed !== undefined) return failed.verdict;
  const code = faultOfWhole(evidence, judged);
  if (code !== null) return { kind: 'fail', stage: 'load', code };
  const { maps } = evidence.declared;
  // An object may have nothing but maps for others to use.
  const onlyMaps = programs.length === 0 && maps.length > 0;
  // That something fails as it was expected to was tested; that something may fail was not.
  const tested = onlyMaps || programs.some((one) => one.load.kind === 'loaded' || failedAsExpected(one));
  return whole.kind !== 'not-tried' && tested ? pass : { kind: 'fail', stage: 'load', code: 'NOTHING_TESTED' };
}

/**
 * Why the object as a whole counts as failed where no program of it does: a program that may fail takes it along, which is
 * fine when what is left loads, or nothing is left. Null where it is fine.
 */
function faultOfWhole(evidence: ObjectEvidence, { programs, whole, partial }: Judged): FailureCode | null {
  if (whole.kind !== 'failed') return null;
  if (partial?.load.kind === 'failed') return partial.load.code;
  const failing = programs.filter(({ name, load }) => load.kind === 'failed' && isAutoloaded(evidence.declared, name));
  const needed = new Set(evidence.programs.flatMap(({ missingMaps }) => missingMaps));
  // A map that no program uses is nobody's that could go without it.
  const excused = failing.length > 0 && evidence.maps.every(({ map, errno }) => errno === 0 || needed.has(map));
  const rest = evidence.declared.programs.filter(({ autoload }) => autoload).length - failing.length;
  return excused && (partial !== undefined || rest === 0) ? null : whole.code;
}

/** Loaded programs whose verifier statistics could not be read although the kernel wrote a log. */
export function unparsedLogs(evidence: ObjectEvidence): readonly string[] {
  return evidence.programs
    .filter(({ stage, log, stats }) => stage === 'done' && log.trim() !== '' && (stats?.insns ?? null) === null)
    .map(({ program, log }) => `${program}: ${readVerifierLog(log).decidingLine ?? log.trim().slice(0, 200)}`);
}
