// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { machinePool, type Work } from '../../../run/pool.js';

/** Runs jobs whose ends are at hand, and tells in which order they started. */
function jobs(places: number) {
  const slot = machinePool({ sure: places, most: places, isIdle: () => false });
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

it('starts first what others wait for, then what waits most, whichever kernel it is of, and equals in their order', async () => {
  const { add, end, started } = jobs(1);
  const all = [add('load', 'load 6.1'), add('lsm-override', 'override 6.1'), add('lsm', 'lsm 6.1')];
  all.push(add('load', 'load 6.12'), add('lsm', 'lsm 6.12'), add('no-lsm', 'no-lsm 6.12'), add('share', 'lsm.2 6.12'));
  const order = ['lsm 6.1', 'lsm 6.12', 'lsm.2 6.12', 'no-lsm 6.12', 'override 6.1', 'load 6.1', 'load 6.12'];
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
    'lsm.2 6.12',
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

describe('while the processor is idle', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Four jobs for one sure place, and how many have started after each quarter of a second. */
  async function startedBy(idle: readonly boolean[], most: number): Promise<readonly number[]> {
    const looks = [...idle];
    const slot = machinePool({ sure: 1, most, isIdle: () => looks.shift() ?? false });
    let started = 0;
    for (let job = 0; job < 4; job++) {
      void slot('lsm', () => {
        started += 1;
        return new Promise(() => undefined);
      });
    }
    await settled();
    const seen = [started];
    while (seen.length <= idle.length) {
      await vi.advanceTimersByTimeAsync(250);
      seen.push(started);
    }
    return seen;
  }

  it('starts one more at each look, up to the most', async () => {
    expect(await startedBy([true, false, true, true, true], 3)).toEqual([1, 2, 2, 3, 3, 3]);
  });

  it('starts none while it is busy', async () => {
    expect(await startedBy([false, false], 8)).toEqual([1, 1, 1]);
  });

  it('never looks where no more were allowed', async () => {
    expect(await startedBy([true, true], 1)).toEqual([1, 1, 1]);
  });
});
