// SPDX-License-Identifier: Apache-2.0
import { inspect } from 'node:util';
import type { CheckClass } from '../../model/check.js';
import { askedInPart } from './in-part.js';
import type { SessionInputs } from './inputs.js';
import { doesPass, type GivenAnswer, keep, type Question, recall, restoreFiles } from './kept.js';
import { sessionKeys } from './keys.js';
import type { ProvedStore } from './proved-store.js';

const nothing: ReadonlySet<CheckClass> = new Set();

/** With the digest of all that it depends on; null where nobody asked for that, or it cannot be said. */
export interface KeyedAnswer<R> extends GivenAnswer<R> {
  readonly key: string | null;
}

/**
 * The answer of an earlier run where nothing it depends on has changed and all of it passed; else a machine is asked, and
 * what passes is kept. Nothing about the store fails a run.
 */
export async function reused<R>(question: Question<R>): Promise<KeyedAnswer<R>> {
  const { proved = null } = question.context;
  const inputs = proved === null ? null : await inputsOf(question);
  const key = inputs === null ? null : sessionKeys(inputs).key;
  if (proved === null || inputs === null || proved.mode === 'none') {
    return { answer: await question.ask(() => undefined), since: null, anew: nothing, key };
  }
  return { ...((await known(question, proved, inputs)) ?? (await askAndKeep(question, proved, inputs))), key };
}

/** Of earlier runs, the whole or all but some classes; null where it has to be asked as a whole. */
async function known<R>(
  question: Question<R>,
  store: ProvedStore,
  inputs: SessionInputs,
): Promise<GivenAnswer<R> | null> {
  const { mode } = store;
  if (mode === 'renew' || mode === 'none') return null;
  const isWhole = mode === 'use' || !Object.keys(inputs.classes).some((name) => mode.has(name as CheckClass));
  const whole = isWhole ? await recall(question, store, sessionKeys(inputs).key) : null;
  if (whole !== null) {
    const { answer, about } = whole;
    await restoreFiles(question.context.out, whole);
    return { answer, since: about.answered, anew: nothing };
  }
  return askedInPart(question, store, inputs);
}

async function askAndKeep<R>(
  question: Question<R>,
  store: ProvedStore,
  inputs: SessionInputs,
): Promise<GivenAnswer<R>> {
  const paths = new Set<string>();
  const answer = await question.ask((...left) => {
    for (const path of left) paths.add(path);
  });
  const answered = new Date().toISOString();
  if (doesPass(question, answer)) await keep(question, store, { inputs, answer, paths, answered });
  return { answer, since: null, anew: nothing };
}

/** Where a thing it depends on cannot be read, its machine will say so. */
async function inputsOf<R>({ inputs, context, kernel, what }: Question<R>): Promise<SessionInputs | null> {
  const all = await inputs().catch((error: unknown) => {
    context.signal.throwIfAborted();
    context.debug(`${kernel}, ${what}: is asked anew: ${inspect(error)}`);
    return null;
  });
  if (all === null) return null;
  const classes = Object.entries(all.classes).map(([name, digest]) => [`class ${name}`, digest] as const);
  const parts = [...Object.entries(all.common), ...classes].map(([name, digest]) => `${name} ${digest.slice(0, 12)}`);
  context.debug(`${kernel}, ${what}: ${sessionKeys(all).key}: ${parts.join(', ')}`);
  return all;
}
