// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { machinePool, type Work } from '../../../run/pool.js';

/** Runs jobs whose ends are at hand, and tells in which order they started. */
function jobs(places: number) {
  const slot = machinePool(places);
  const started: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const add = (work: Work, name: string): Promise<string> =>
    slot(work, () => {
      started.push(name);
      return new Promise((resolve, reject) => {
        ends.set(name, (error) => {
          if (error === undefined) resolve(name);
          else reject(error);
        });
      });
    });
  const end = async (name: string, error?: Error): Promise<void> => {
    ends.get(name)?.(error);
    await settled();
  };
  return { add, end, started };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('starts the longest of all that wait, whichever kernel they are of, and equals in their order', async () => {
  const { add, end, started } = jobs(1);
  const all = [add('load', 'load 6.1'), add('lsm-override', 'override 6.1'), add('lsm', 'lsm 6.1')];
  all.push(add('load', 'load 6.12'), add('lsm', 'lsm 6.12'), add('no-lsm', 'no-lsm 6.12'));
  const order = ['lsm 6.1', 'lsm 6.12', 'no-lsm 6.12', 'override 6.1', 'load 6.1', 'load 6.12'];
  await settled();
  for (const name of order) await end(name);
  expect(started).toEqual(order);
  // Results are in the order of the calls, not of the work.
  expect(await Promise.all(all)).toEqual([
    'load 6.1',
    'override 6.1',
    'lsm 6.1',
    'load 6.12',
    'lsm 6.12',
    'no-lsm 6.12',
  ]);
});

it('never runs more than there are places, and fills each that becomes free', async () => {
  const { add, end, started } = jobs(2);
  const all = ['a', 'b', 'c', 'd'].map((name) => add('load', name));
  await settled();
  expect(started).toEqual(['a', 'b']);
  await end('b');
  expect(started).toEqual(['a', 'b', 'c']);
  for (const name of ['a', 'c', 'd']) await end(name);
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
});

it('gives the place of a job that failed to the next', async () => {
  const { add, end, started } = jobs(1);
  const failing = add('lsm', 'failing');
  failing.catch(() => undefined);
  const next = add('load', 'next');
  await settled();
  await end('failing', new Error('broken'));
  await expect(failing).rejects.toThrow('broken');
  expect(started).toEqual(['failing', 'next']);
  await end('next');
  expect(await next).toBe('next');
});
