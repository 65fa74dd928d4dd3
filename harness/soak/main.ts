// SPDX-License-Identifier: Apache-2.0
import { rm } from 'node:fs/promises';
import pLimit from 'p-limit';
import { cacheFolder } from '../kernels/cache/folder.js';
import { openJournal } from './journal.js';
import { scheduleOf } from './kinds/index.js';
import { makeBase } from './lab.js';
import { type SoakOptions, soakOptions, soakUsage } from './options.js';
import { randomOf } from './random.js';
import { soakTable, timeLeft, wrongLines } from './table.js';
import { type Trial, tryFault, usualOf } from './trial.js';

/** `npm run soak`: faults from outside, each in a run of its own, and what became of them. docs/soak.md */
async function soak(options: SoakOptions): Promise<number> {
  const { seed, count, kinds, jobs, only } = options;
  const journal = openJournal(options);
  const trials: Trial[] = [...journal.done];
  const known = new Set(trials.map(({ number }) => number));
  const wanted = scheduleOf(kinds, count)
    .map((kind, index) => ({ kind, number: index + 1 }))
    .filter(({ number }) => (only === null ? !known.has(number) : number === only));
  print(`soak: seed ${seed}, ${wanted.length} of ${count} faults to inject; results go to ${journal.path}`);
  const isOver = stopWhenAsked();
  const base = await makeBase(cacheFolder());
  try {
    const usual = await usualOf(base.cache);
    const limit = pLimit(jobs);
    let left = wanted.length;
    const tryOne = async ({ kind, number }: (typeof wanted)[number]): Promise<void> => {
      if (isOver()) return;
      const trial = await tryFault(kind, kind.choose(randomOf(seed, number)), { base: base.cache, number, usual });
      trials.push(trial);
      if (only === null) journal.add(trial);
      left--;
      print(
        `[${count - left}/${count}] ${trial.wrong.length === 0 ? 'right' : 'WRONG'} ${trial.kind}: ${trial.what}, ` +
          `${trial.seconds} s; ${timeLeft(trials, left, jobs)}`,
      );
      for (const line of trial.wrong.length === 0 ? [] : wrongLines(trial)) print(line);
    };
    await Promise.all(wanted.map((one) => limit(() => tryOne(one))));
  } finally {
    await rm(base.folder, { recursive: true, force: true });
  }
  const judged = only === null ? trials : trials.slice(journal.done.length);
  for (const line of soakTable(kinds, judged)) print(line);
  if (isOver()) return 130;
  // Nothing tried is nothing right.
  return judged.length === 0 || judged.some(({ wrong }) => wrong.length > 0) ? 1 : 0;
}

/** The first SIGINT or SIGTERM lets the faults end that are being injected, a second one leaves them where they are. */
function stopWhenAsked(): () => boolean {
  let asked = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (asked++ > 0) process.exit(130);
    print(`soak: ${signal}: those that have begun end, then it goes on with the same --seed; once more leaves at once`);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  return () => asked > 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  process.exitCode = await soak(soakOptions(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`soak: ${(error as Error).message}\n${soakUsage}`);
  process.exitCode = 2;
}
