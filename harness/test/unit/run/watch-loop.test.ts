// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { WatchTarget } from '../../../config/watch.js';
import type { KernelReport } from '../../../model/report.js';
import type { WatchEvent } from '../../../report/views/watch-events.js';
import { watchLoop, type WatchPlan } from '../../../run/watch/loop.js';
import { kernelWith } from '../../fixtures/compare.js';
import { good, runWith } from '../../fixtures/watch.js';

let folder: string;
let events: WatchEvent[];
let end: AbortController;
let running: Promise<unknown>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-loop-'));
  events = [];
  end = new AbortController();
  running = Promise.resolve();
  await Promise.all([write('source', 'healthy'), write('extra', '')]);
});
afterEach(async () => {
  end.abort(new Error('the end'));
  await running.catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
});

const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);

/** "Compiles" by copying the variant that the source names, and hangs where it is told to. */
const script = [
  'read name < source',
  '[ "$name" = slow ] && { : > started; sleep 30; }',
  '[ -e "$OBJECTS/$name.bpf.o" ] || { echo "source:1:1: error: no $name" >&2; exit 1; }',
  'cp "$OBJECTS/$name.bpf.o" object.bpf.o.tmp && mv object.bpf.o.tmp object.bpf.o',
].join('\n');

const needs = { configFile: 'matrix.config.json', folder: '.', entries: [] };

function start(load: WatchPlan['load'], script_ = script): void {
  const variants = join(process.cwd(), 'build/variants');
  const target: WatchTarget = {
    objects: [join(folder, 'object.bpf.o')],
    needs,
    build: { argv: ['sh', '-c', script_.replaceAll('$OBJECTS', variants)], cwd: folder },
    watched: () => Promise.resolve({ files: [join(folder, 'source'), join(folder, 'extra')], folders: [] }),
  };
  const plan = { target, kernels: ['6.12'], load, rest: () => undefined, signal: end.signal };
  const onEvent = (event: WatchEvent): void => {
    events.push(event);
  };
  running = watchLoop({ ...plan, onEvent });
  running.catch(() => undefined);
}

const types = (): string[] => events.map(({ type }) => type);

async function until(type: WatchEvent['type'], count = 1): Promise<WatchEvent> {
  const limit = Date.now() + 15_000;
  while (Date.now() < limit) {
    await sleep(10);
    const found = events.filter((event) => event.type === type)[count - 1];
    if (found !== undefined) return found;
  }
  throw new Error(`no ${type}: ${JSON.stringify(events)}`);
}

const answer = (...kernels: readonly KernelReport[]) => Promise.resolve({ report: runWith(kernels), known: 0 });

it('answers at the start and after each save, a broken build in between, and holds against the last answer', async () => {
  start(() => answer(kernelWith('6.12', good())));
  await until('waiting');
  await write('source', 'broken');
  expect(await until('build-failed')).toMatchObject({ output: 'source:1:1: error: no broken' });
  await until('waiting', 2);
  await write('source', 'unusual');
  expect(await until('step', 2)).toMatchObject({
    step: { run: 2, saved: join(folder, 'source'), change: { objects: [{ kernels: [{ loadedBefore: 7 }] }] } },
  });
});

it('says so when the object came out as it was, and asks nobody', async () => {
  let asked = 0;
  start(() => {
    asked += 1;
    return answer(kernelWith('6.12', good()));
  });
  await until('waiting');
  await write('extra', 'a comment');
  await until('same');
  expect(asked).toBe(1);
});

it('asks again about the same object where a kernel gave no answer', async () => {
  const { broken67 } = await import('../../fixtures/report-base.js');
  let asked = 0;
  start(() => answer(++asked === 1 ? broken67 : kernelWith('6.7', good())));
  await until('waiting');
  await write('extra', 'a comment');
  expect(await until('step', 2)).toMatchObject({ step: { change: { missing: [] } } });
});

it('starts anew when a save comes in the middle, and the run in flight is told to end', async () => {
  const reasons: unknown[] = [];
  let asked = 0;
  start((_, signal) => {
    asked += 1;
    if (asked > 1) return answer(kernelWith('6.12', good()));
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reasons.push(signal.reason);
        reject(signal.reason as Error);
      });
    });
  });
  await until('loading');
  await write('source', 'unusual');
  await until('step');
  expect(reasons).toHaveLength(1);
  expect(types().filter((type) => type === 'overtaken')).toHaveLength(1);
});

it('does not wait for a build that a later save has overtaken', async () => {
  start(() => answer(kernelWith('6.12', good())));
  await until('waiting');
  await write('source', 'slow');
  while (!existsSync(join(folder, 'started'))) await sleep(10);
  await write('source', 'unusual');
  await until('overtaken');
  expect(await until('step', 2)).toMatchObject({ step: { run: 2 } });
});

it('tells an object that cannot be one, and goes on with the next', async () => {
  await cp('package.json', join(folder, 'object.bpf.o'));
  start(() => answer(kernelWith('6.12', good())), `${script} || true`.replace('exit 1', 'exit 0'));
  await until('step');
  await write('source', 'gone');
  await cp('package.json', join(folder, 'object.bpf.o'));
  await write('extra', '1');
  expect(await until('unusable')).toHaveProperty('message', expect.stringContaining('object.bpf.o'));
  await write('source', 'unusual');
  await until('step', 2);
});

it('ends with the reason of the signal, and is an error where there is nothing to build with', async () => {
  start(() => answer(kernelWith('6.12', good())));
  await until('waiting');
  end.abort(new Error('enough'));
  await expect(running).rejects.toThrow('enough');
  const target: WatchTarget = {
    objects: [],
    needs,
    build: { argv: ['no-such-compiler'], cwd: folder },
    watched: () => Promise.resolve({ files: [], folders: [] }),
  };
  const signal = new AbortController().signal;
  const plan = { target, kernels: [], load: () => answer(), rest: () => undefined, signal, onEvent: () => undefined };
  await expect(watchLoop(plan)).rejects.toThrow('there is no no-such-compiler to build with');
});
