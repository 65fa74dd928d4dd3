// SPDX-License-Identifier: Apache-2.0
import { callChainOf, type StackFrame } from './call-chain.js';
import { type Cause, type CauseCase, matchVerdictLines } from './causes-case.js';
import { sourceLineOf } from './source.js';

const tooLarge = /^combined stack size of (\d+) calls is (\d+)\. Too large/;

export function stackCause(rejection: CauseCase): Cause | null {
  const match = matchVerdictLines(rejection, tooLarge);
  if (match === null) return null;
  const { instructions, lineInfo } = rejection;
  const [calls, bytes] = [Number(match[1]), Number(match[2])];
  const chain = instructions === null ? null : callChainOf(instructions, calls, bytes);
  const last = chain?.at(-1)?.call ?? null;
  return {
    id: 'stack-limit',
    explanation: `The functions of one chain of calls need ${bytes} bytes of stack together; there are 512.${chain === null ? '' : ` From the first on: ${chain.map((frame) => frameWords(frame, lineInfo)).join(', ')}.`}`,
    hint: 'Move large variables into a per-CPU array map, or inline the function that is called.',
    ...(last === null ? {} : { source: sourceLineOf(lineInfo, last) }),
  };
}

function frameWords({ start, bytes }: StackFrame, lineInfo: CauseCase['lineInfo']): string {
  const head = sourceLineOf(lineInfo, start);
  return `${bytes} bytes in ${head === null ? `the function at instruction ${start}` : `\`${head.text}\``}`;
}
