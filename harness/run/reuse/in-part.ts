// SPDX-License-Identifier: Apache-2.0
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { CheckClass } from '../../model/check.js';
import type { ProvedAbout } from './entry.js';
import type { ClassInputs, SessionInputs } from './inputs.js';
import { sessionKeyOf, sessionKeys } from './keys.js';
import type { ProvedStore } from './proved-store.js';
import { doesPass, type GivenAnswer, keep, type Question, recall, type Recalled, restoreFiles } from './kept.js';

/**
 * The answer of an earlier session that differs in some classes of scenarios, with these asked anew and put in their places.
 * Null where there is none, where nothing would be left of it, or where anything of what was asked does not pass: then the
 * whole is to be asked.
 */
export async function askedInPart<R>(
  question: Question<R>,
  store: ProvedStore,
  inputs: SessionInputs,
): Promise<GivenAnswer<R> | null> {
  if (question.askClasses === undefined) return null;
  const renewed: ReadonlySet<string> = typeof store.mode === 'string' ? new Set() : store.mode;
  const near = nearest(await store.like(sessionKeys(inputs).base), inputs.classes, renewed);
  if (near === null) return null;
  const earlier = await recall(question, store, near.about.key);
  // What was read unchecked chose the entry; the entry itself has to say the same.
  if (earlier === null || !isOf(earlier.about, near.about)) return null;
  return joined(question, store, { inputs, earlier, classes: near.classes });
}

interface Near {
  readonly about: ProvedAbout;
  /** What has to be asked. */
  readonly classes: ReadonlySet<CheckClass>;
}

/** The entry of which least has to be asked anew; of several the last. Null where that is all of each. */
function nearest(abouts: readonly ProvedAbout[], now: ClassInputs, renewed: ReadonlySet<string>): Near | null {
  const names = Object.keys(now);
  const all = abouts
    .filter(({ classes }) => names.length === Object.keys(classes).length && names.every((name) => name in classes))
    .map((about) => {
      const changed = names.filter((name) => about.classes[name] !== now[name] || renewed.has(name));
      return { about, classes: new Set(changed as readonly CheckClass[]) };
    })
    .filter(({ classes }) => classes.size > 0 && classes.size < names.length)
    .sort((a, b) => a.classes.size - b.classes.size || (a.about.answered < b.about.answered ? 1 : -1));
  return all[0] ?? null;
}

/** Is it the entry of which that was said, under the name that follows from what it depends on? */
function isOf({ key, base, classes }: ProvedAbout, said: ProvedAbout): boolean {
  return base === said.base && key === sessionKeyOf(base, classes) && key === sessionKeyOf(base, said.classes);
}

interface Task<R> {
  readonly inputs: SessionInputs;
  readonly earlier: Recalled<R>;
  readonly classes: ReadonlySet<CheckClass>;
}

async function joined<R>(
  question: Question<R>,
  store: ProvedStore,
  { inputs, earlier, classes }: Task<R>,
): Promise<GivenAnswer<R> | null> {
  const { context, kernel, what } = question;
  const { answered } = earlier.about;
  context.debug(`${kernel}, ${what}: ${[...classes].join(', ')} alone, the rest is of ${answered}`);
  const left = new Set<string>();
  const answer = await question
    .askClasses?.(earlier.answer, classes, (...paths) => {
      for (const path of paths) left.add(path);
    })
    .catch((error: unknown) => {
      context.signal.throwIfAborted();
      context.debug(`${kernel}, ${what}: ${inspect(error)}`);
      return null;
    });
  if (answer === null || answer === undefined || !doesPass(question, answer)) {
    context.debug(`${kernel}, ${what}: is asked as a whole: not all of that passes, or fits`);
    for (const path of left) await rm(join(context.out, path), { force: true });
    return null;
  }
  await restoreFiles(context.out, earlier, left);
  const paths = new Set([...earlier.files.map(([path]) => path), ...left]);
  // The date is that of the oldest part.
  await keep(question, store, { inputs, answer, paths, answered });
  return { answer, since: answered, anew: classes };
}
