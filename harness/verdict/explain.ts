// SPDX-License-Identifier: Apache-2.0
import type { MapEvidence, ProgramDeclaration, ProgramEvidence } from '../model/evidence.js';
import type { Explanation } from '../model/report.js';
import { causeOf, causePage } from './causes.js';
import { type Cause, type CauseCase, type LoaderCase, nothingKnown } from './causes-case.js';
import type { Reason } from './classify-load.js';
import { judgeLadder } from './ladder.js';
import { errnoName } from '../model/errno.js';
import { sourceAround, sourceLineOf } from './source.js';
import { readVerifierLog } from './verifier-log.js';
import { verifierPathOf } from './verifier-path.js';
import { verifierTrailOf } from './verifier-trail.js';

/** A rejected program with all that surrounds it. */
export interface Rejection {
  readonly declared: Pick<ProgramDeclaration, 'type' | 'section'>;
  readonly evidence: ProgramEvidence;
  readonly reason: Reason;
  /** All maps of the object that were tried. */
  readonly maps: readonly MapEvidence[];
  readonly loader: LoaderCase;
  /** `uname -r`. */
  readonly release: string;
  /** Where the verifier's log is, or without one libbpf's words, relative to the report folder; null without any. */
  readonly log: string | null;
}

type CauseText = Pick<Explanation, 'cause' | 'explanation' | 'hint' | 'page'>;

export function explainLoad({ declared, evidence, reason, maps, loader, release, log }: Rejection): Explanation {
  const { code, decidingLine, insn } = reason;
  const { lineInfo } = evidence;
  const ladder = judgeLadder(evidence.ladder);
  const cause = causeOf({
    ...nothingKnown,
    ...evidence,
    code,
    decidingLine,
    verdictLines: readVerifierLog(evidence.log).verdictLines,
    marks: verifierTrailOf(evidence.log),
    type: declared.type,
    section: declared.section,
    missingMaps: maps.filter(({ map }) => evidence.missingMaps.includes(map) || map === notCreated(decidingLine)),
    ladder,
    loader,
    release,
  });
  const source = cause?.source ?? sourceLineOf(lineInfo, insn);
  return {
    errno: errnoName(evidence.errno),
    decidingLine,
    source,
    origin: sourceLineOf(lineInfo, acquiredAt(decidingLine)),
    log,
    ...explained(cause),
    path: verifierPathOf(evidence.log, lineInfo),
    excerpt: sourceAround(lineInfo, source),
    ladder,
  };
}

/** libbpf's word about a map that was left out; nothing else is known of it where a program before did not come so far. */
const notCreated = (line: string): string | null =>
  /^BPF map '(.*)' is referenced but wasn't created$/.exec(line)?.[1] ?? null;

/** What is known of a failure that no verifier had a part in. */
export type WithoutLog = Pick<CauseCase, 'code'> & Partial<CauseCase>;

/** `log`: where libbpf's words are, relative to the report folder; null without any. */
export function explainWithoutLog(
  errno: number,
  decidingLine: string,
  known: WithoutLog | null = null,
  log: string | null = null,
): Explanation {
  const cause = known === null ? null : causeOf({ ...nothingKnown, errno, decidingLine, ...known });
  return {
    errno: errnoName(errno),
    decidingLine,
    source: cause?.source ?? null,
    origin: null,
    log,
    ...explained(cause),
    path: [],
    excerpt: [],
    ladder: null,
  };
}

function explained(cause: Cause | null): CauseText {
  if (cause === null) return { cause: null, explanation: null, hint: null, page: null };
  return { cause: cause.id, explanation: cause.explanation, hint: cause.hint, page: causePage(cause.id) };
}

/** check_reference_leak(): `Unreleased reference id=2 alloc_insn=7`. */
function acquiredAt(decidingLine: string): number | null {
  const match = /^Unreleased reference id=\d+ alloc_insn=(\d+)/.exec(decidingLine);
  return match?.[1] === undefined ? null : Number(match[1]);
}
