import type { CauseId } from '../model/cause.js';
import { probeCause } from './causes-attach.js';
import type { Cause, CauseCase } from './causes-case.js';
import { flowCause } from './causes-flow.js';
import { helperCause, hookCause, kfuncCause, programTypeCause, relocationCause, tableCause } from './causes-kernel.js';
import { ladderCause } from './causes-ladder.js';
import { mapCause } from './causes-map.js';
import { objectCause } from './causes-object.js';
import { returnCause } from './causes-return.js';
import { stackCause } from './causes-stack.js';
import { verifierCauses } from './causes-verifier.js';

/** The cause that the evidence proves, or null: no evidence, no cause. */
export function causeOf(subject: CauseCase): Cause | null {
  switch (subject.code) {
    case 'VERIFIER_REJECTED':
      return returnCause(subject) ?? flowCause(subject) ?? stackCause(subject) ?? verifierCause(subject);
    case 'HELPER_UNSUPPORTED':
      return helperCause(subject) ?? kfuncCause(subject);
    case 'CORE_RELOCATION':
      return relocationCause(subject);
    case 'MAP_UNSUPPORTED':
      return mapCause(subject);
    case 'HOOK_MISSING':
      return tableCause(subject) ?? hookCause(subject);
    case 'PROG_TYPE_UNSUPPORTED':
      return programTypeCause(subject);
    case 'OBJECT_INVALID':
      return objectCause(subject);
    case 'ATTACH_FAILED':
      return probeCause(subject);
    case 'LOAD_FAILED':
      return ladderCause(subject);
    default:
      return null;
  }
}

/** Where the documentation of a cause is, relative to the root of the project. */
export function pageOf(id: CauseId): string {
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
