// SPDX-License-Identifier: Apache-2.0
import type { CauseId } from '../model/cause.js';
import type { FailureCode } from '../model/verdict.js';
import { directCallsCause, probeCause } from './causes-attach.js';
import { boundOnCopyCause } from './causes-bound.js';
import type { Cause, CauseCase } from './causes-case.js';
import { helperCause, hookCause, kfuncCause, programTypeCause, relocationCause } from './causes-kernel.js';
import { ladderCause } from './causes-ladder.js';
import { mapCause } from './causes-map.js';
import { objectCause } from './causes-object.js';
import { maybeNullTrustedCause, nullOnPathCause, numberAsPointerCause } from './causes-pointer.js';
import { unwrittenRegisterCause } from './causes-register.js';
import { returnCause } from './causes-return.js';
import { sleepCause } from './causes-sleep.js';
import { stackCause } from './causes-stack.js';
import { tableCause } from './causes-table.js';
import { targetCause } from './causes-target.js';
import { verifierCauses } from './causes-verifier.js';

type Rule = (rejection: CauseCase) => Cause | null;

/** In order: the first that has evidence decides. */
const rules: Readonly<Partial<Record<FailureCode, readonly Rule[]>>> = {
  VERIFIER_REJECTED: [
    returnCause,
    nullOnPathCause,
    numberAsPointerCause,
    maybeNullTrustedCause,
    boundOnCopyCause,
    unwrittenRegisterCause,
    sleepCause,
    stackCause,
    verifierCause,
  ],
  HELPER_UNSUPPORTED: [helperCause, kfuncCause],
  CORE_RELOCATION: [relocationCause],
  MAP_UNSUPPORTED: [mapCause],
  HOOK_MISSING: [tableCause, hookCause],
  PROG_TYPE_UNSUPPORTED: [programTypeCause],
  OBJECT_INVALID: [objectCause],
  ATTACH_FAILED: [directCallsCause, probeCause],
  LOAD_FAILED: [targetCause, ladderCause],
};

/** The cause that the evidence proves, or null: no evidence, no cause. */
export function causeOf(rejection: CauseCase): Cause | null {
  for (const rule of rules[rejection.code] ?? []) {
    const cause = rule(rejection);
    if (cause !== null) return cause;
  }
  return null;
}

/** Where the documentation of a cause is, relative to the root of the project. */
export function causePage(id: CauseId): string {
  return `docs/rejections/${id}.md`;
}

function verifierCause({ decidingLine, verdictLines }: CauseCase): Cause | null {
  const lines = [decidingLine, ...verdictLines];
  for (const cause of verifierCauses) {
    const match = firstMatch(lines, cause.patterns);
    if (match !== null) return { id: cause.id, explanation: filled(cause.explanation, match), hint: cause.hint };
  }
  return null;
}

function firstMatch(lines: readonly string[], patterns: readonly RegExp[]): RegExpExecArray | null {
  for (const line of lines) {
    const match = patterns.map((pattern) => pattern.exec(line)).find((found) => found !== null);
    if (match !== undefined) return match;
  }
  return null;
}

function filled(text: string, match: RegExpExecArray): string {
  return text.replace(/\$([12])/g, (_, group: string) => match[Number(group)] ?? '?');
}
