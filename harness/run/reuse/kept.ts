// SPDX-License-Identifier: Apache-2.0
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import type { CheckClass } from '../../model/check.js';
import type { KernelId } from '../../model/kernel.js';
import { freeSpace } from '../../proc/disk.js';
import type { SessionContext } from '../context.js';
import type { ProvedAbout } from './entry.js';
import type { SessionInputs } from './inputs.js';
import { sessionKeys } from './keys.js';
import type { ProvedStore } from './proved-store.js';

export type FilesLeft = (...paths: readonly string[]) => void;

/** A session that may have been answered before. */
export interface Question<R> {
  readonly kernel: KernelId;
  readonly context: SessionContext;
  /** For people: `lsm.2`. */
  readonly what: string;
  /** All that its answer depends on; null where that cannot be said. */
  readonly inputs: () => Promise<SessionInputs | null>;
  /** Asks a machine. `left` takes the paths, relative to the report folder, of the files that it leaves there. */
  readonly ask: (left: FilesLeft) => Promise<R>;
  /** Asks for these classes of scenarios alone, the rest being known; null where the two do not come to one answer. */
  readonly askClasses?: (earlier: R, classes: ReadonlySet<CheckClass>, left: FilesLeft) => Promise<R | null>;
  /** Did it answer everything it was asked, and is nothing of that a failure. */
  readonly passes: (answer: R) => boolean;
}

/** An answer; `since` is when it was given, ISO 8601, where that was in an earlier run. */
export interface GivenAnswer<R> {
  readonly answer: R;
  readonly since: string | null;
  /** Of one that was given earlier, what was asked anew all the same. */
  readonly anew: ReadonlySet<CheckClass>;
}

/** What was kept of a session, and what it says of itself. */
export interface Recalled<R> {
  readonly about: ProvedAbout;
  readonly answer: R;
  readonly files: readonly (readonly [path: string, content: Uint8Array])[];
}

type Stored<R> = Omit<Recalled<R>, 'about'>;

/** What was kept under a key, if it passes by today's judges; it is out of the way if not. */
export async function recall<R>(question: Question<R>, store: ProvedStore, key: string): Promise<Recalled<R> | null> {
  const { context, kernel, what } = question;
  const found = await store.find(key);
  if ('about' in found) {
    const { answer, files } = found.session as Stored<R>;
    if (doesPass(question, answer)) return { about: found.about, answer, files };
    await store.drop(key);
  } else if (found.kind === 'damaged') {
    const text = `${kernel}, ${what}: what was kept of an earlier run is dropped, and asked anew: ${found.why}`;
    context.emit({ type: 'notice', text });
  }
  return null;
}

/** The judges may have changed; what they cannot judge is reported where it is judged. */
export function doesPass<R>({ passes, context }: Question<R>, answer: R): boolean {
  try {
    return passes(answer);
  } catch (error) {
    context.debug(`an answer cannot be judged, and is not kept: ${inspect(error)}`);
    return false;
  }
}

/** Files of an earlier run; whoever reads a console must know that no machine wrote it in this one. */
export async function restoreFiles(
  out: string,
  { about, files }: Pick<Recalled<unknown>, 'about' | 'files'>,
  leaves: ReadonlySet<string> = new Set(),
): Promise<void> {
  for (const [name, content] of files.filter(([path]) => !leaves.has(path))) {
    const path = join(out, name);
    const head = path.endsWith('console.log') ? `${reusedMark(about.answered)}\n` : '';
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, Buffer.concat([Buffer.from(head), content]));
  }
}

/** The first line of the console of a session that is reused. */
export function reusedMark(answered: string): string {
  return `--- reused: this machine answered ${answered}, and was not started in this run ---`;
}

/** An answer that passed, with the files that belong to it. */
interface Passed<R> {
  readonly inputs: SessionInputs;
  readonly answer: R;
  readonly paths: ReadonlySet<string>;
  readonly answered: string;
}

export async function keep<R>(
  { context, kernel, what }: Question<R>,
  store: ProvedStore,
  { inputs, answer, paths, answered }: Passed<R>,
): Promise<void> {
  if (store.isGivenUp) return;
  try {
    const files = await Promise.all(
      [...paths].map(async (path) => [path, await readFile(join(context.out, path))] as const),
    );
    const about = { ...sessionKeys(inputs), what: `${kernel}, ${what}`, answered, classes: inputs.classes };
    await store.keep({ about, session: { answer, files } satisfies Stored<R> });
  } catch (error) {
    context.signal.throwIfAborted();
    if (!store.giveUp()) return;
    const why = error instanceof Error ? error.message : String(error);
    const text = `nothing is kept for later runs, which ask anew: ${why} (${await freeSpace(context.cache)})`;
    context.emit({ type: 'notice', text });
  }
}
