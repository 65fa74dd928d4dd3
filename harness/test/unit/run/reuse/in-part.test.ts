// SPDX-License-Identifier: Apache-2.0
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckClass } from '../../../../model/check.js';
import { addEntry, lookUpEntry } from '../../../../kernels/cache/store.js';
import type { SessionInputs } from '../../../../run/reuse/inputs.js';
import { type GivenAnswer, type Question, reusedMark } from '../../../../run/reuse/kept.js';
import { sessionKeys } from '../../../../run/reuse/keys.js';
import { ProvedStore, type ReuseMode } from '../../../../run/reuse/proved-store.js';
import { reused } from '../../../../run/reuse/reuse.js';
import { FakeHost } from '../fixture/host.js';

/** What came of each class, and of the whole: the number of the machine that said it. */
type Said = Readonly<Record<string, number>>;

let host: FakeHost;
/** `all`, or the classes that a machine was asked for. */
let machines: string[];
beforeEach(async () => {
  host = await FakeHost.open();
  machines = [];
});
afterEach(() => host.close());

const common = { code: 'a', machine: 'b' };
const classes = { file: '1', exec: '1', ptrace: '1' };
const first: SessionInputs = { common, classes };
const edited: SessionInputs = { common, classes: { ...classes, ptrace: '2' } };

interface Asking extends Partial<Pick<Question<Said>, 'passes' | 'askClasses'>> {
  readonly mode?: ReuseMode;
}

const consoleLog = 'logs/6.1/lsm.console.log';

async function leave(path: string, text: string): Promise<void> {
  const file = host.at(`out/${path}`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** In a report folder of its own. */
async function ask(inputs: SessionInputs, { mode = 'use', ...more }: Asking = {}): Promise<GivenAnswer<Said>> {
  await rm(host.at('out'), { recursive: true, force: true });
  return reused<Said>({
    kernel: '6.1',
    context: host.context({ proved: new ProvedStore(host.at('cache'), mode) }),
    what: 'lsm',
    inputs: () => Promise.resolve(inputs),
    ask: async (left) => {
      const by = machines.push('all');
      for (const path of [consoleLog, 'whole', 'both']) await leave(path, `machine ${by}`);
      left(consoleLog, 'whole', 'both');
      return { whole: by, ...Object.fromEntries(Object.keys(inputs.classes).map((name) => [name, by])) };
    },
    askClasses: async (earlier, names, left) => {
      const by = machines.push([...names].join());
      for (const path of [consoleLog, 'both', 'part']) await leave(path, `machine ${by}`);
      left(consoleLog, 'both', 'part');
      return { ...earlier, ...Object.fromEntries([...names].map((name) => [name, by])) };
    },
    passes: () => true,
    ...more,
  });
}

const proofs = (): string => host.at('cache/proofs');
const entryOf = (inputs: SessionInputs): string => join(proofs(), sessionKeys(inputs).key);
const isKept = async (inputs: SessionInputs): Promise<boolean> =>
  (await lookUpEntry(proofs(), sessionKeys(inputs).key)).kind === 'hit';
const textOf = (path: string): Promise<string> => readFile(host.at(`out/${path}`), 'utf8');
const set = (...names: readonly CheckClass[]): ReadonlySet<CheckClass> => new Set(names);

describe('a class that was edited', () => {
  it('is asked alone, the rest is of the earlier run, with its date', async () => {
    await ask(first);
    const { since: never, anew: nothing } = await ask(first);
    const again = await ask(edited);
    expect(again).toMatchObject({ answer: { whole: 1, file: 1, exec: 1, ptrace: 2 }, anew: set('ptrace') });
    expect([machines, again.since, nothing]).toEqual([['all', 'ptrace'], never, set()]);
  });

  it('leaves its files in the place of earlier ones, the others are there', async () => {
    await ask(first);
    await ask(edited);
    expect(await Promise.all(['whole', 'both', 'part', consoleLog].map(textOf))).toEqual([
      'machine 1',
      'machine 2',
      'machine 2',
      'machine 2',
    ]);
  });

  it('is not asked again, and what was before the edit is still known', async () => {
    const { since } = await ask(first).then(() => ask(first));
    await ask(edited);
    const same = await ask(edited);
    expect(same).toMatchObject({ answer: { whole: 1, ptrace: 2 }, since, anew: set() });
    expect(await textOf(consoleLog)).toBe(`${reusedMark(since ?? '')}\nmachine 2`);
    expect((await ask(first)).answer).toMatchObject({ ptrace: 1 });
    expect(machines).toEqual(['all', 'ptrace']);
  });

  it('is asked for in the run of which least has to be asked', async () => {
    await ask(first);
    const two = { common, classes: { ...classes, ptrace: '2', exec: '2' } };
    await ask(two);
    await ask({ common, classes: { ...two.classes, file: '2' } });
    expect(machines).toEqual(['all', 'exec,ptrace', 'file']);
  });

  it('may be any, though it was not: --fresh CLASS', async () => {
    await ask(first);
    const renewed = await ask(first, { mode: set('exec') });
    expect(renewed).toMatchObject({ answer: { exec: 2, ptrace: 1 }, anew: set('exec') });
    expect((await ask(first)).answer).toMatchObject({ exec: 2 });
    // One of another session does not concern this.
    expect((await ask(first, { mode: set('network') })).anew).toEqual(set());
    expect(machines).toEqual(['all', 'exec']);
  });
});

describe('the whole is asked anew', () => {
  it.each<[string, SessionInputs]>([
    ['by other code', { common: { ...common, code: 'c' }, classes }],
    ['on another machine, with an edit', { common: { ...common, machine: 'c' }, classes: edited.classes }],
    ['with all classes edited', { common, classes: { file: '2', exec: '2', ptrace: '2' } }],
    ['with a class more', { common, classes: { ...classes, bpf: '1' } }],
    ['with a class less', { common, classes: { file: '1', exec: '1' } }],
    ['with another class in the place of one', { common, classes: { file: '1', exec: '1', bpf: '1' } }],
  ])('%s', async (_, inputs) => {
    await ask(first);
    expect(await ask(inputs)).toMatchObject({ answer: { whole: 2 }, since: null, anew: set() });
    expect(machines).toEqual(['all', 'all']);
  });

  it('where it is renewed, and where there is no way to ask for a class', async () => {
    await ask(first);
    await ask(edited, { mode: 'renew' });
    await ask({ common, classes: { ...classes, exec: '2' } }, { askClasses: undefined } as unknown as Asking);
    expect(machines).toEqual(['all', 'all', 'all']);
  });

  it.each<[string, Asking]>([
    ['where what was asked does not fit', { askClasses: () => Promise.resolve(null) }],
    ['where its machine breaks', { askClasses: () => Promise.reject(new Error('no machine')) }],
  ])('%s', async (_, how) => {
    await ask(first);
    expect(await ask(edited, how)).toMatchObject({ answer: { whole: 2, ptrace: 2 }, since: null });
    expect(await isKept(edited)).toBe(true);
  });

  it('where a check of the class fails: a failure is always one of the whole, and leaves nothing behind', async () => {
    await ask(first);
    // What the second machine says fails; the third is asked as a whole.
    const failed = await ask(edited, { passes: (said) => said['ptrace'] !== 2 });
    expect(failed).toMatchObject({ answer: { whole: 3, ptrace: 3 }, since: null, anew: set() });
    expect(machines).toEqual(['all', 'ptrace', 'all']);
    expect((await readdir(host.at('out'))).sort()).toEqual(['both', 'logs', 'whole']);
    expect(await textOf('both')).toBe('machine 3');
  });

  it('where the earlier answer does not pass by the judges of today', async () => {
    await ask(first);
    expect(await ask(edited, { passes: (said) => said['file'] !== 1 })).toMatchObject({ answer: { whole: 2 } });
    expect([machines, await isKept(first)]).toEqual([['all', 'all'], false]);
  });

  it('but not where the run is aborted: then nothing is', async () => {
    await ask(first);
    const askClasses = (): Promise<null> => {
      host.abort.abort(new Error('aborted'));
      return Promise.reject(new Error('aborted'));
    };
    await expect(ask(edited, { askClasses })).rejects.toThrow('aborted');
    expect(machines).toEqual(['all']);
  });
});

describe('an entry that is not what it says', () => {
  const stale = { common, classes: { ...classes, file: '0' } };

  it('damaged: is dropped, said, and the whole asked anew', async () => {
    await ask(first);
    const file = join(entryOf(first), 'session.json.gz');
    const bytes = await readFile(file);
    bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
    await writeFile(file, bytes);
    expect(await ask(edited)).toMatchObject({ answer: { whole: 2 }, since: null });
    expect(host.notices()).toEqual([expect.stringMatching(/^6\.1, lsm: what was kept of an earlier run is dropped/)]);
  });

  it('in the place of another: is dropped, said, and the whole asked anew', async () => {
    await ask(stale);
    await ask(first, { mode: 'renew' });
    await rm(entryOf(first), { recursive: true });
    await cp(entryOf(stale), entryOf(first), { recursive: true });
    await rm(entryOf(stale), { recursive: true });
    expect(await ask(edited)).toMatchObject({ answer: { whole: 3 }, since: null });
  });

  it.each<[string, object]>([
    ['says that it had the class as it is now', { classes: { ...classes, ptrace: '2', file: '1' } }],
    ['says that it is of another session', { base: sessionKeys({ common: { code: 'x' }, classes }).base }],
    ['says that it is of this session', { base: sessionKeys(first).base }],
  ])('sealed anew by hand, that %s: its name does not follow from it', async (_, lie) => {
    const other = { common: { ...common, code: 'other' }, classes: stale.classes };
    const { key } = sessionKeys(other);
    await ask(other);
    const found = await lookUpEntry(proofs(), key);
    if (found.kind !== 'hit') throw new Error('no entry');
    const bytes = await readFile(join(found.entry.folder, 'session.json.gz'));
    await rm(found.entry.folder, { recursive: true });
    await addEntry(proofs(), key, async (into) => {
      await writeFile(join(into, 'session.json.gz'), bytes);
      return { ...(found.entry.about as object), base: sessionKeys(first).base, ...lie };
    });
    expect(await ask(edited)).toMatchObject({ answer: { whole: 2 }, since: null });
    expect(machines).toEqual(['all', 'all']);
  });
});
