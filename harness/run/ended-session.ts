// SPDX-License-Identifier: Apache-2.0
import { inspect } from 'node:util';
import type { KernelId } from '../model/kernel.js';
import type { SessionAnswer } from '../model/session-answer.js';
import type { SessionContext } from './context.js';

interface Ended extends Pick<SessionAnswer, 'session' | 'inputs' | 'since'> {
  readonly kernel: KernelId;
  readonly ms: number;
}

/** Reports what a session came to. One that cannot be judged has come to nothing, which is said where it is judged. */
export function reportEnded(
  context: Pick<SessionContext, 'emit' | 'debug'>,
  { kernel, ms, ...ended }: Ended,
  judged: () => Pick<SessionAnswer, 'outcome' | 'codes'>,
): void {
  const outcome = attempted(context, judged);
  const answer = { ...ended, ...outcome, ms: Math.round(ms) };
  context.emit({ type: 'session-ended', kernel, answer });
}

function attempted(
  { debug }: Pick<SessionContext, 'debug'>,
  judged: () => Pick<SessionAnswer, 'outcome' | 'codes'>,
): Pick<SessionAnswer, 'outcome' | 'codes'> {
  try {
    return judged();
  } catch (error) {
    debug(`a session cannot be judged: ${inspect(error)}`);
    return { outcome: 'infra', codes: ['HARNESS'] };
  }
}
