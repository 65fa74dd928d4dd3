import type { CauseId } from '../model/cause.js';
import type { AttachPoint, MapDeclaration } from '../model/evidence.js';
import type { LadderReport } from '../model/report.js';
import type { FailureCode } from '../model/verdict.js';

/** A cause, in words that are true of this one rejection. */
export interface Cause {
  readonly id: CauseId;
  readonly explanation: string;
  readonly hint: string;
}

/** All that a cause may rest on. */
export interface CauseCase {
  readonly code: FailureCode;
  readonly decidingLine: string;
  /** Every line of the verifier's verdict; the deciding one is among them when it came from the log. */
  readonly verdictLines: readonly string[];
  /** `lsm`, as the object declares it. */
  readonly type: string;
  readonly attachPoint: AttachPoint | null;
  /** Maps the program uses and this kernel could not create. */
  readonly missingMaps: readonly MapDeclaration[];
  /** What was tried where the kernel said nothing; null where it spoke. */
  readonly ladder: LadderReport | null;
  /** `uname -r`. */
  readonly release: string;
}
