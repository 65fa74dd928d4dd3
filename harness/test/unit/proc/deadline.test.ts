// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { afterDeadline, DeadlineError, withDeadline } from '../../../proc/deadline.js';
import { processStarvedMs, processTimes, stolenMs } from '../../../proc/starved.js';

const never = new Promise<never>(() => undefined);

it('gives what came in time', async () => {
  await expect(withDeadline('word', 1000, Promise.resolve('word'))).resolves.toBe('word');
});

it('names what did not come, and how long it was waited for', async () => {
  await expect(withDeadline('word', 20, never)).rejects.toEqual(new DeadlineError('word', 20));
});

it('rejects with the reason of an abort, before and while it waits', async () => {
  const controller = new AbortController();
  const waiting = withDeadline('word', 60_000, never, { signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await expect(withDeadline('word', 60_000, never, { signal: controller.signal })).rejects.toThrow('enough');
});

it('waits on while the clock stands still, and no longer', async () => {
  vi.useFakeTimers();
  try {
    let stood = 0;
    const clock = (): number => performance.now() - stood;
    const action = vi.fn();
    afterDeadline(1000, clock, action);
    await vi.advanceTimersByTimeAsync(500);
    stood = 400;
    await vi.advanceTimersByTimeAsync(899);
    expect(action).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(2);
    expect(action).toHaveBeenCalledTimes(1);
  } finally {
    vi.useRealTimers();
  }
});

it('can be called off', async () => {
  const action = vi.fn();
  afterDeadline(10, () => performance.now(), action)();
  await sleep(30);
  expect(action).not.toHaveBeenCalled();
});

it('counts the time for which a process had a processor, and for which it had none', async () => {
  // Two that never rest, on one processor: each waits for the other.
  const busy = [1, 2].map(() => spawn('taskset', ['-c', '0', 'sh', '-c', 'while :; do :; done']));
  const idle = spawn('sleep', ['60']);
  try {
    await sleep(800);
    for (const { pid } of busy) expect(processTimes(pid).starved).toBeGreaterThan(100);
    expect(processTimes(idle.pid).starved).toBeLessThan(100);
    for (const { pid } of busy) expect(processStarvedMs(pid)).toBeGreaterThanOrEqual(stolenMs());
    for (const { pid } of busy) expect(processTimes(pid).running).toBeGreaterThan(50);
    expect(processTimes(idle.pid).running).toBeLessThan(50);
  } finally {
    for (const child of [...busy, idle]) child.kill('SIGKILL');
  }
});

it('takes a process that is gone for one that never waited', () => {
  for (const pid of [undefined, 2 ** 22 + 1]) expect(processTimes(pid)).toEqual({ running: 0, starved: 0 });
});

describe('time that a hypervisor took', () => {
  const cpu = (name: string, steal: number | string): string =>
    `${name} 600343 637 105758 896478 941 0 602 ${steal} 0 0`;

  it.each([
    ['the mean of its processors', [cpu('cpu ', 250), cpu('cpu0', 240), cpu('cpu1', 10), 'intr 1 2 3 4 5 6 7 8'], 1250],
    ['none where there is no such column (before 2.6.11)', ['cpu  1 2 3 4', 'cpu0 1 2 3 4'], 0],
    ['none without processors', ['btime 1'], 0],
  ])('is %s', async (_, lines, expected) => {
    const folder = await mkdtemp(join(tmpdir(), 'stat-'));
    const path = join(folder, 'stat');
    await writeFile(path, `${lines.join('\n')}\n`);
    expect(stolenMs(path)).toBe(expected);
    await rm(folder, { recursive: true });
  });

  it('is none where nobody says, and never less than before on this host', () => {
    expect(stolenMs('/no/such/stat')).toBe(0);
    const before = stolenMs();
    expect(stolenMs()).toBeGreaterThanOrEqual(before);
    expect(processStarvedMs(undefined)).toBeGreaterThanOrEqual(before);
  });
});
