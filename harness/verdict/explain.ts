import type { AttachPoint, MapDeclaration, ProgramDeclaration, ProgramEvidence } from '../model/evidence.js';
import type { Explanation } from '../model/report.js';
import type { FailureCode } from '../model/verdict.js';
import { causeOf, pageOf } from './causes.js';
import type { CauseCase } from './causes-case.js';
import type { Reason } from './classify-load.js';
import { ladderReport } from './ladder.js';
import { errnoName } from './errno.js';
import { around, sourceOf } from './source.js';
import { readVerifierLog } from './verifier-log.js';
import { pathOf } from './verifier-path.js';

/** A rejected program with all that surrounds it. */
export interface Rejection {
  readonly declared: Pick<ProgramDeclaration, 'type'>;
  readonly evidence: ProgramEvidence;
  readonly reason: Reason;
  /** All maps of the object. */
  readonly maps: readonly MapDeclaration[];
  /** `uname -r`. */
  readonly release: string;
  /** Where the verifier's log is, relative to the report folder. */
  readonly logPath: string;
}

type CauseText = Pick<Explanation, 'cause' | 'explanation' | 'hint' | 'page'>;

export function explainLoad({ declared, evidence, reason, maps, release, logPath }: Rejection): Explanation {
  const { code, decidingLine, insn } = reason;
  const source = sourceOf(evidence.lineInfo, insn);
  const ladder = ladderReport(evidence.ladder);
  return {
    errno: errnoName(evidence.errno),
    decidingLine,
    source,
    origin: sourceOf(evidence.lineInfo, acquiredAt(decidingLine)),
    log: evidence.log === '' ? null : logPath,
    ...told({
      code,
      decidingLine,
      verdictLines: readVerifierLog(evidence.log).verdictLines,
      type: declared.type,
      attachPoint: evidence.attachPoint,
      missingMaps: maps.filter(({ name }) => evidence.missingMaps.includes(name)),
      ladder,
      release,
    }),
    path: pathOf(evidence.log, evidence.lineInfo),
    excerpt: around(evidence.lineInfo, source),
    ladder,
  };
}

/** A failure that no verifier had a part in. */
export function explainWithoutLog(
  errno: number,
  decidingLine: string,
  missing: { readonly code: FailureCode; readonly attachPoint: AttachPoint | null } | null = null,
): Explanation {
  const nothing = { verdictLines: [], type: '', missingMaps: [], ladder: null, release: '' };
  return {
    errno: errnoName(errno),
    decidingLine,
    source: null,
    origin: null,
    log: null,
    ...(missing === null ? unknown : told({ ...nothing, ...missing, decidingLine })),
    path: [],
    excerpt: [],
    ladder: null,
  };
}

const unknown: CauseText = { cause: null, explanation: null, hint: null, page: null };

function told(rejection: CauseCase): CauseText {
  const cause = causeOf(rejection);
  if (cause === null) return unknown;
  return { cause: cause.id, explanation: cause.explanation, hint: cause.hint, page: pageOf(cause.id) };
}

/** check_reference_leak(): `Unreleased reference id=2 alloc_insn=7`. */
function acquiredAt(decidingLine: string): number | null {
  const match = /^Unreleased reference id=\d+ alloc_insn=(\d+)/.exec(decidingLine);
  return match?.[1] === undefined ? null : Number(match[1]);
}
