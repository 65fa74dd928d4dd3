import type {
  AttachOutcome,
  ObjectEvidence,
  ProgramDeclaration,
  ProgramEvidence,
  WholeEvidence,
} from '../model/evidence.js';
import type { GuestFacts } from '../model/facts.js';
import type { AttachVerdict, Explanation, LoadVerdict, ObjectReport, ProgramReport } from '../model/report.js';
import type { FailureCode, Verdict } from '../model/verdict.js';
import { classifyLoad } from './classify-load.js';
import { errnoName } from './errno.js';
import { tellingWords } from './libbpf-words.js';
import { sourceOf } from './source.js';
import { readVerifierLog } from './verifier-log.js';

/** What judging an object needs besides its evidence. */
export interface JudgeContext {
  readonly facts: Pick<GuestFacts, 'btf'>;
  /** Path of a program's verifier log, relative to the report folder. */
  readonly logPath: (program: string) => string;
}

export const pass: Verdict = { kind: 'pass' };

export function judgeObject(evidence: ObjectEvidence, context: JudgeContext): ObjectReport {
  const programs = evidence.declared.programs.map((declared) => judgeProgram(declared, evidence, context));
  const whole = evidence.whole === null ? ({ kind: 'not-tried' } as const) : judgeWhole(evidence.whole, programs);
  return {
    object: evidence.object,
    verdict: objectVerdict(evidence, programs, whole),
    programs,
    maps: evidence.declared.maps.map((map) => {
      const errno = evidence.maps.find((candidate) => candidate.map === map.name)?.errno ?? 0;
      return { ...map, error: errno === 0 ? null : errnoName(errno) };
    }),
    whole,
  };
}

function judgeProgram(declared: ProgramDeclaration, object: ObjectEvidence, context: JudgeContext): ProgramReport {
  const evidence = object.programs.find((candidate) => candidate.program === declared.name);
  const load = evidence === undefined ? unanswered : judgeLoad(evidence, context);
  const attach = judgeAttach(object.whole?.attach.get(declared.name));
  return {
    name: declared.name,
    section: declared.section,
    type: declared.type,
    optional: !declared.autoload,
    load,
    attach,
    stats: evidence?.stats ?? null,
    verdict: programVerdict(load, attach),
  };
}

/** A declared program that the guest said nothing of is a failure, never a pass. */
const unanswered: LoadVerdict = {
  kind: 'failed',
  code: 'LOAD_FAILED',
  why: { errno: '0', decidingLine: 'the guest did not answer for this program', source: null, origin: null, log: null },
};

function judgeLoad(evidence: ProgramEvidence, context: JudgeContext): LoadVerdict {
  if (evidence.stage === 'done' && evidence.errno === 0) return { kind: 'loaded' };
  const { code, decidingLine, insn } = classifyLoad(evidence, context.facts);
  return {
    kind: 'failed',
    code,
    why: {
      errno: errnoName(evidence.errno),
      decidingLine,
      source: sourceOf(evidence.lineInfo, insn),
      origin: sourceOf(evidence.lineInfo, acquiredAt(decidingLine)),
      log: evidence.log === '' ? null : context.logPath(evidence.program),
    },
  };
}

/** check_reference_leak(): `Unreleased reference id=2 alloc_insn=7`. */
function acquiredAt(decidingLine: string): number | null {
  const match = /^Unreleased reference id=\d+ alloc_insn=(\d+)/.exec(decidingLine);
  return match?.[1] === undefined ? null : Number(match[1]);
}

function judgeAttach(outcome: AttachOutcome | undefined): AttachVerdict {
  if (outcome === undefined) return { kind: 'not-tried' };
  if (outcome.kind !== 'failed') return outcome;
  const { attachPoint, errno, libbpf } = outcome;
  const missing = attachPoint?.exists === false;
  const evidence = missing
    ? `this kernel has no ${attachPoint.name} to attach to`
    : (tellingWords(libbpf) ?? 'no words');
  return {
    kind: 'failed',
    code: missing ? 'HOOK_MISSING' : 'ATTACH_FAILED',
    why: plain(errno, `attach: ${errnoName(errno)}; ${evidence}`),
  };
}

function programVerdict(load: LoadVerdict, attach: AttachVerdict): Verdict {
  if (load.kind === 'failed') return { kind: 'fail', stage: 'load', code: load.code };
  if (attach.kind === 'failed') return { kind: 'fail', stage: 'attach', code: attach.code };
  return pass;
}

/** The whole object fails for the reason of the program it stopped at; without one, for a reason of its own. */
function judgeWhole(whole: WholeEvidence, programs: readonly ProgramReport[]): LoadVerdict {
  if (whole.stage === 'done' && whole.errno === 0) return { kind: 'loaded' };
  const culprit =
    programs.find((program) => program.name === whole.stoppedAt) ??
    programs.find((program) => !program.optional && program.load.kind === 'failed');
  if (culprit?.load.kind === 'failed') {
    const { code, why } = culprit.load;
    return { kind: 'failed', code, why: { ...why, decidingLine: `${culprit.name}: ${why.decidingLine}` } };
  }
  const code: FailureCode = whole.stage === 'map' ? 'MAP_UNSUPPORTED' : 'LOAD_FAILED';
  const words = [whole.stoppedAt, tellingWords(whole.libbpf)].filter((word) => word !== null).join(': ');
  return { kind: 'failed', code, why: plain(whole.errno, `stage ${whole.stage}: ${errnoName(whole.errno)}; ${words}`) };
}

function objectVerdict(
  evidence: ObjectEvidence,
  programs: readonly ProgramReport[],
  whole: ObjectReport['whole'],
): Verdict {
  if (evidence.open.errno !== 0) return { kind: 'fail', stage: 'open', code: 'OBJECT_INVALID' };
  const required = programs.filter((program) => !program.optional);
  const failed = required.find((program) => program.verdict.kind !== 'pass');
  if (failed !== undefined) return failed.verdict;
  if (whole.kind === 'failed') return { kind: 'fail', stage: 'load', code: whole.code };
  if (whole.kind === 'not-tried' || !programs.some((program) => program.load.kind === 'loaded')) {
    return { kind: 'fail', stage: 'load', code: 'NOTHING_TESTED' };
  }
  return pass;
}

function plain(errno: number, decidingLine: string): Explanation {
  return { errno: errnoName(errno), decidingLine, source: null, origin: null, log: null };
}

/** Loaded programs whose verifier statistics could not be read although the kernel wrote a log. */
export function unparsedLogs(evidence: ObjectEvidence): readonly string[] {
  return evidence.programs
    .filter(({ stage, log, stats }) => stage === 'done' && log.trim() !== '' && (stats?.insns ?? null) === null)
    .map(({ program, log }) => `${program}: ${readVerifierLog(log).decidingLine ?? log.trim().slice(0, 200)}`);
}
