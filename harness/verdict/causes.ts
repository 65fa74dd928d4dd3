import type { CauseId } from '../model/cause.js';
import type { Cause, CauseCase } from './causes-case.js';
import { helperCause, hookCause, kfuncCause, mapCause, relocationCause } from './causes-kernel.js';
import { ladderCause } from './causes-ladder.js';
import { verifierCauses } from './causes-verifier.js';

/** The cause that the evidence proves, or null: no pattern, no cause. */
export function causeOf(rejection: CauseCase): Cause | null {
  switch (rejection.code) {
    case 'VERIFIER_REJECTED':
      return verifierCause(rejection);
    case 'HELPER_UNSUPPORTED':
      return helperCause(rejection) ?? kfuncCause(rejection);
    case 'CORE_RELOCATION':
      return relocationCause(rejection);
    case 'MAP_UNSUPPORTED':
      return mapCause(rejection);
    case 'HOOK_MISSING':
      return hookCause(rejection);
    case 'LOAD_FAILED':
      return ladderCause(rejection);
    default:
      return null;
  }
}

/** Where the documentation of a cause is, relative to the root of the project. */
export function pageOf(id: CauseId): string {
  return `docs/rejections/${id}.md`;
}

function verifierCause({ decidingLine, verdictLines, type }: CauseCase): Cause | null {
  const lines = [decidingLine, ...verdictLines];
  for (const cause of verifierCauses) {
    if (cause.type !== null && cause.type !== type) continue;
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
