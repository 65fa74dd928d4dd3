// SPDX-License-Identifier: Apache-2.0
import { cp, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProvedStore } from '../../../../run/reuse/proved-store.js';
import { type GivenAnswer, type Question, reusedMark } from '../../../../run/reuse/kept.js';
import { reused } from '../../../../run/reuse/reuse.js';
import { FakeHost } from '../fixture/host.js';

interface Said {
  readonly passes: boolean;
  readonly text: string;
  readonly more: ReadonlyMap<string, Uint8Array>;
}

let host: FakeHost;
let asked: number;
beforeEach(async () => {
  host = await FakeHost.open();
  asked = 0;
});
afterEach(() => host.close());

const store = (mode: 'use' | 'renew' = 'use', limit?: number): ProvedStore =>
  new ProvedStore(host.at('cache'), mode, limit);

/** Asks whether anything has changed since the last time; a machine answers and leaves a console. */
function ask(
  common: Readonly<Record<string, string>> | null,
  { proved = store(), ...more }: Partial<Question<Said>> & { readonly proved?: ProvedStore | null } = {},
): Promise<GivenAnswer<Said>> {
  const context = host.context({ proved });
  return reused<Said>({
    kernel: '6.1',
    context,
    what: 'lsm',
    inputs: () => Promise.resolve(common && { common, classes: {} }),
    ask: async (left) => {
      asked += 1;
      const path = 'logs/6.1/console.log';
      await mkdir(dirname(join(context.out, path)), { recursive: true });
      await writeFile(join(context.out, path), `console ${asked}`);
      left(path, path);
      return { passes: true, text: `answer ${asked}`, more: new Map([['a', Buffer.from([asked])]]) };
    },
    passes: ({ passes }) => passes,
    ...more,
  });
}

const same = { code: 'a', machine: 'b' };
const folder = (): string => host.at('cache/proofs');
const entries = async (): Promise<readonly string[]> =>
  (await readdir(folder()).catch(() => [])).filter((name) => !name.startsWith('.')).sort();
const session = (entry: string): string => join(entry, 'session.json.gz');
async function onlyEntry(): Promise<string> {
  const [only, ...others] = await entries();
  if (only === undefined || others.length > 0) throw new Error('not one entry');
  return join(folder(), only);
}

describe('the same question', () => {
  it('is answered by the earlier run, files and all, with its date', async () => {
    const first = await ask(same);
    await rm(host.at('out'), { recursive: true });
    const again = await ask(same);
    expect(first).toMatchObject({ since: null });
    expect(again.answer).toEqual(first.answer);
    const since = again.since ?? '';
    expect(Math.abs(Date.now() - Date.parse(since))).toBeLessThan(60_000);
    expect(await readFile(host.at('out/logs/6.1/console.log'), 'utf8')).toBe(`${reusedMark(since)}\nconsole 1`);
    expect([asked, host.notices()]).toEqual([1, []]);
  });

  it('is asked anew where it is renewed, and that is what is kept', async () => {
    await ask(same);
    expect((await ask(same, { proved: store('renew') })).since).toBeNull();
    expect((await ask(same)).answer.text).toBe('answer 2');
  });

  it.each([
    ['without a store', { proved: null }],
    ['where it cannot be said what it depends on', {}],
  ])('is asked anew %s, and nothing is kept', async (_, more) => {
    const inputs = 'proved' in more ? same : null;
    await ask(inputs, more);
    await ask(inputs, more);
    expect([asked, await entries()]).toEqual([2, []]);
  });

  it('is asked anew where what it depends on cannot be read: its machine says why', async () => {
    expect((await ask(same, { inputs: () => Promise.reject(new Error('no QEMU')) })).answer.text).toBe('answer 1');
    expect(await entries()).toEqual([]);
  });
});

describe('never a verdict that a fresh run would not give', () => {
  it('another question has another answer', async () => {
    await ask(same);
    expect((await ask({ ...same, machine: 'c' })).since).toBeNull();
    expect((await ask({ ...same, more: 'd' })).since).toBeNull();
    expect(await entries()).toHaveLength(3);
  });

  it('a failure is not kept, and one that was a pass to earlier judges is not believed', async () => {
    await ask(same, { passes: () => false });
    expect(await entries()).toEqual([]);
    await ask(same);
    expect((await ask(same, { passes: () => false })).since).toBeNull();
    expect(await entries()).toEqual([]);
    await ask(same);
    const throws = (): boolean => {
      throw new Error('judges have changed');
    };
    expect((await ask(same, { passes: throws })).answer.text).toBe('answer 5');
    expect(await entries()).toEqual([]);
  });

  it.each<[string, (entry: string) => Promise<unknown>, RegExp]>([
    [
      'a byte that is another',
      async (entry) => {
        const bytes = await readFile(session(entry));
        bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
        await writeFile(session(entry), bytes);
      },
      /session\.json\.gz/,
    ],
    [
      'a pass put in by hand',
      async (entry) => {
        const text = gunzipSync(await readFile(session(entry)))
          .toString()
          .replace('answer 1', 'answer 9');
        await writeFile(session(entry), gzipSync(text));
      },
      /session\.json\.gz/,
    ],
    ['a file that is cut', (entry) => truncate(session(entry), 30), /session\.json\.gz/],
    ['no file', (entry) => rm(session(entry)), /session\.json\.gz/],
    ['a file too many', (entry) => writeFile(join(entry, 'more'), ''), /more/],
    [
      'another date',
      async (entry) => {
        const path = join(entry, 'manifest.json');
        await writeFile(path, (await readFile(path, 'utf8')).replace(/"answered":"20../, '"answered":"2999'));
      },
      /manifest\.json was changed/,
    ],
    ['no manifest', (entry) => rm(join(entry, 'manifest.json')), /manifest\.json is missing/],
    [
      'a folder in its place',
      async (entry) => {
        await rm(session(entry));
        await mkdir(session(entry));
      },
      /session\.json\.gz/,
    ],
  ])('%s is dropped, said, and asked anew', async (_, damage, why) => {
    await ask(same);
    await damage(await onlyEntry());
    const again = await ask(same);
    expect(again).toMatchObject({ since: null, answer: { text: 'answer 2' } });
    expect(host.notices()).toEqual([
      expect.stringMatching(/^6\.1, lsm: what was kept of an earlier run is dropped, and asked anew: /),
    ]);
    expect(host.notices()[0]).toMatch(why);
    expect((await ask(same)).answer.text).toBe('answer 2');
  });

  it('an entry in the place of another is dropped: it says whose it is', async () => {
    await ask(same);
    const foreign = await onlyEntry();
    await ask({ ...same, machine: 'c' });
    const mine = (await entries()).map((name) => join(folder(), name)).find((path) => path !== foreign) ?? '';
    await rm(mine, { recursive: true });
    await cp(foreign, mine, { recursive: true });
    expect((await ask({ ...same, machine: 'c' })).answer.text).toBe('answer 3');
    expect(host.notices()).toEqual([expect.stringContaining('it belongs to another session')]);
  });
});

describe('the store', () => {
  it('is closed to others', async () => {
    await ask(same);
    const entry = await onlyEntry();
    expect([(await stat(folder())).mode & 0o77, (await stat(session(entry))).mode & 0o77]).toEqual([0, 0]);
  });

  it('is bounded: what was not used for the longest time goes, what this run uses stays', async () => {
    const one = (name: string): Promise<GivenAnswer<Said>> => ask({ ...same, name }, { proved: store('use', 1) });
    await one('a');
    await one('b');
    expect(await entries()).toHaveLength(1);
    const proved = store('use', 1);
    await ask({ ...same, name: 'c' }, { proved });
    await ask({ ...same, name: 'd' }, { proved });
    expect(await entries()).toHaveLength(2);
  });

  it('that cannot be written costs no run, and is said once', async () => {
    await writeFile(host.at('cache'), 'a file');
    const proved = store();
    expect((await ask(same, { proved })).answer.text).toBe('answer 1');
    expect((await ask(same, { proved })).answer.text).toBe('answer 2');
    expect(host.notices()).toEqual([expect.stringMatching(/^nothing is kept for later runs, which ask anew: /)]);
  });
});
