// SPDX-License-Identifier: Apache-2.0
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { parsedJson } from '../proc/json.js';
import type { SoakOptions } from './options.js';
import type { Trial } from './trial.js';

/** Results as they come, a line each, so that a soak that was interrupted goes on where it was. */
export interface Journal {
  readonly path: string;
  readonly done: readonly Trial[];
  readonly add: (trial: Trial) => void;
}

/** Of the same seed, number and kinds; whatever else may have changed since. */
export function openJournal({ seed, count, kinds, isFresh }: SoakOptions): Journal {
  const names = kinds.map(({ name }) => name).join('+');
  const path = `.bootstrap/soak/${seed}-${count}-${kinds.length > 3 ? kinds.length : names}.jsonl`;
  mkdirSync(dirname(path), { recursive: true });
  if (isFresh) rmSync(path, { force: true });
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  // The last line may have been cut.
  const done = lines.flatMap((line) => (parsedJson(line) as Trial | undefined) ?? []);
  return {
    path,
    done,
    add: (trial) => {
      appendFileSync(path, `${JSON.stringify(trial)}\n`);
    },
  };
}
