// SPDX-License-Identifier: Apache-2.0
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import type { KernelId } from '../../model/kernel.js';
import { freeSpace } from '../../proc/disk.js';
import type { SessionContext } from '../context.js';
import { dataDigest } from './digest.js';
import type { ProvedAbout } from './entry.js';
import type { SessionInputs } from './inputs.js';
import type { ProvedStore } from './proved-store.js';

/** A session that may have been answered before. */
export interface Question<R> {
  readonly kernel: KernelId;
  readonly context: SessionContext;
  /** For people: `lsm.2`. */
  readonly what: string;
  /** All that its answer depends on; null where that cannot be said. */
  readonly inputs: () => Promise<SessionInputs | null>;
  /** Asks a machine. `left` takes the paths, relative to the report folder, of the files that it leaves there. */
  readonly ask: (left: (...paths: readonly string[]) => void) => Promise<R>;
  /** Did it answer everything it was asked, and is nothing of that a failure. */
  readonly passes: (answer: R) => boolean;
}

/** An answer; `since` is when it was given, ISO 8601, where that was in an earlier run. */
export interface GivenAnswer<R> {
  readonly answer: R;
  readonly since: string | null;
  /** The digest of all that it depends on; null where nobody asked for it, or it cannot be said. */
  readonly key: string | null;
}

interface Stored<R> {
  readonly answer: R;
  readonly files: readonly (readonly [path: string, content: Uint8Array])[];
}

/**
 * The answer of an earlier run where nothing it depends on has changed and all of it passed; else a machine is asked, and
 * what passes is kept. Nothing about the store fails a run.
 */
export async function reused<R>(question: Question<R>): Promise<GivenAnswer<R>> {
  const { proved = null } = question.context;
  const key = proved === null ? null : await keyOf(question);
  if (proved === null || key === null || proved.mode === 'none')
    return { answer: await question.ask(() => undefined), since: null, key };
  const known = proved.mode === 'use' ? await recall(question, proved, key) : null;
  if (known !== null) return known;
  const paths = new Set<string>();
  const answer = await question.ask((...left) => {
    for (const path of left) paths.add(path);
  });
  if (doesPass(question, answer)) await keep(question, proved, { key, answer, paths });
  return { answer, since: null, key };
}

/** Where a thing it depends on cannot be read, its machine will say so. */
async function keyOf<R>({ inputs, context, kernel, what }: Question<R>): Promise<string | null> {
  const all = await inputs().catch((error: unknown) => {
    context.signal.throwIfAborted();
    context.debug(`${kernel}, ${what}: is asked anew: ${inspect(error)}`);
    return null;
  });
  if (all === null) return null;
  const key = dataDigest(all).slice(0, 32);
  const parts = Object.entries(all).map(([name, digest]) => `${name} ${digest.slice(0, 12)}`);
  context.debug(`${kernel}, ${what}: ${key}: ${parts.join(', ')}`);
  return key;
}

async function recall<R>(question: Question<R>, store: ProvedStore, key: string): Promise<GivenAnswer<R> | null> {
  const { context, kernel, what } = question;
  const found = await store.find(key);
  if ('about' in found) {
    const { answer, files } = found.session as Stored<R>;
    if (doesPass(question, answer)) {
      for (const [path, content] of files) await restore(join(context.out, path), content, found.about);
      return { answer, since: found.about.answered, key };
    }
    await store.drop(key);
  } else if (found.kind === 'damaged') {
    const text = `${kernel}, ${what}: what was kept of an earlier run is dropped, and asked anew: ${found.why}`;
    context.emit({ type: 'notice', text });
  }
  return null;
}

/** The judges may have changed; what they cannot judge is reported where it is judged. */
function doesPass<R>({ passes, context }: Question<R>, answer: R): boolean {
  try {
    return passes(answer);
  } catch (error) {
    context.debug(`an answer cannot be judged, and is not kept: ${inspect(error)}`);
    return false;
  }
}

/** Whoever reads a console must know that no machine wrote it in this run. */
async function restore(path: string, content: Uint8Array, { answered }: ProvedAbout): Promise<void> {
  const head = path.endsWith('console.log') ? `${reusedMark(answered)}\n` : '';
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, Buffer.concat([Buffer.from(head), content]));
}

/** The first line of the console of a session that is reused. */
export function reusedMark(answered: string): string {
  return `--- reused: this machine answered ${answered}, and was not started in this run ---`;
}

async function keep<R>(
  { context, kernel, what }: Question<R>,
  store: ProvedStore,
  { key, answer, paths }: { readonly key: string; readonly answer: R; readonly paths: ReadonlySet<string> },
): Promise<void> {
  if (store.isGivenUp) return;
  try {
    const files = await Promise.all(
      [...paths].map(async (path) => [path, await readFile(join(context.out, path))] as const),
    );
    const about = { key, what: `${kernel}, ${what}`, answered: new Date().toISOString() };
    await store.keep({ about, session: { answer, files } satisfies Stored<R> });
  } catch (error) {
    context.signal.throwIfAborted();
    if (!store.giveUp()) return;
    const why = error instanceof Error ? error.message : String(error);
    const text = `nothing is kept for later runs, which ask anew: ${why} (${await freeSpace(context.cache)})`;
    context.emit({ type: 'notice', text });
  }
}
