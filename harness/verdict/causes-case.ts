// SPDX-License-Identifier: Apache-2.0
import type { CauseId } from '../model/cause.js';
import type { AttachPoint, KernelSymbol, KernelType, LineInfo, MapEvidence, UnresolvedUse } from '../model/evidence.js';
import type { LoaderName, MapFixup } from '../model/needs.js';
import type { LadderReport, SourceLine } from '../model/report.js';
import type { FailureCode } from '../model/verdict.js';
import type { Mark } from './verifier-trail.js';

/** A cause, in words that are true of this one rejection. */
export interface Cause {
  readonly id: CauseId;
  readonly explanation: string;
  /** Null where nothing that would help follows from the evidence. */
  readonly hint: string | null;
  /** Where it is, when that is another place than the one where the verifier refused. */
  readonly source?: SourceLine | null;
}

export interface LoaderCase {
  readonly name: LoaderName;
  readonly fixups: readonly MapFixup[];
}

/** All that a cause may rest on. */
export interface CauseCase {
  readonly code: FailureCode;
  readonly decidingLine: string;
  /** Every line of the verifier's verdict; the deciding one is among them when it came from the log. */
  readonly verdictLines: readonly string[];
  /** `lsm`, as the object declares it. */
  readonly type: string;
  /** As the object has it. */
  readonly section: string;
  readonly attachPoint: AttachPoint | null;
  /** Maps the program uses and this kernel could not create. */
  readonly missingMaps: readonly MapEvidence[];
  /** The way that the verifier's log shows, the latest line first. */
  readonly marks: readonly Mark[];
  readonly lineInfo: readonly LineInfo[] | null;
  /** Raw instructions, where they were asked for. */
  readonly instructions: Uint8Array | null;
  /** What the kernel has in place of types that it was asked for. */
  readonly kernelTypes: readonly KernelType[];
  /** The function that a probe could not be put on. */
  readonly symbol: KernelSymbol | null;
  /** libbpf's warnings. */
  readonly libbpf: readonly string[];
  /** Of an object that could not be opened. */
  readonly unresolved: readonly UnresolvedUse[];
  /** What was tried where the kernel said nothing; null where it spoke. */
  readonly ladder: LadderReport | null;
  /** Whose way of asking for maps was taken, and where the other differs. */
  readonly loader: LoaderCase;
  /** `uname -r` and `uname -m`. */
  readonly release: string;
  readonly machine: string;
  /** CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS of the kernel; null where its configuration is unknown. */
  readonly directCalls: string | null;
  /** Positive. */
  readonly errno: number;
}

/** The first line of the verdict that a pattern fits. */
export function matchVerdictLines(
  { decidingLine, verdictLines }: Pick<CauseCase, 'decidingLine' | 'verdictLines'>,
  pattern: RegExp,
): RegExpExecArray | null {
  for (const line of [decidingLine, ...verdictLines]) {
    const match = pattern.exec(line);
    if (match !== null) return match;
  }
  return null;
}

/** A case of which nothing is known but what is put in its place. */
export const nothingKnown: Omit<CauseCase, 'code' | 'decidingLine'> = {
  verdictLines: [],
  type: '',
  section: '',
  attachPoint: null,
  missingMaps: [],
  marks: [],
  lineInfo: null,
  instructions: null,
  kernelTypes: [],
  symbol: null,
  libbpf: [],
  unresolved: [],
  ladder: null,
  loader: { name: 'libbpf', fixups: [] },
  release: '',
  machine: '',
  directCalls: null,
  errno: 0,
};
