// SPDX-License-Identifier: Apache-2.0
import { createInterface } from 'node:readline/promises';
import { UsageError } from '../../../model/errors.js';

/** Asks a person one thing; gives the answer, or what is offered for an empty one. */
export type Ask = (question: string, offered: string) => Promise<string>;

export interface Asking {
  readonly ask: Ask;
  readonly close: () => void;
}

/** On the terminal. Ctrl-C interrupts, Ctrl-D ends without writing anything. */
export function terminalAsking(signal: AbortSignal): Asking {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // A terminal in raw mode sends no signal by itself.
  lines.on('SIGINT', () => {
    process.kill(process.pid, 'SIGINT');
  });
  const gone = new Promise<never>((_, reject) => {
    lines.on('close', () => {
      reject(new UsageError({ message: 'init: the input has ended; nothing was written' }));
    });
  });
  gone.catch(() => undefined);
  return {
    ask: async (question, offered) => {
      const shown = offered === '' ? question : `${question} [${offered}]`;
      const answer = (await Promise.race([lines.question(`${shown}: `, { signal }), gone])).trim();
      return answer === '' ? offered : answer;
    },
    close: () => {
      lines.close();
    },
  };
}
