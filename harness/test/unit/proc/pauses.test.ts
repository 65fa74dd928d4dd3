// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Moment, PauseWatch } from '../../../proc/pauses.js';

/** A watch to which moments are told, in milliseconds since the one before. */
function told(): {
  readonly pass: (more: Partial<Record<keyof Moment, number>>) => number;
  readonly close: () => void;
} {
  let now = { awake: 0, uptime: 0, busy: 0 };
  const watch = new PauseWatch(() => now);
  return {
    pass: ({ awake = 0, uptime = awake, busy = 0 }) => {
      now = { awake: now.awake + awake, uptime: now.uptime + uptime, busy: now.busy + busy };
      return watch.look();
    },
    close: () => {
      watch.close();
    },
  };
}

describe('what stood still', () => {
  it('is time that nothing explains, the longest of it', () => {
    const { pass, close } = told();
    expect(pass({ awake: 500 })).toBe(0);
    expect(pass({ awake: 30_500, busy: 100 })).toBe(29_900);
    expect(pass({ awake: 5000 })).toBe(29_900);
    close();
  });

  it('is the sleep of the host, for which no clock of this process ran', () => {
    const { pass, close } = told();
    expect(pass({ awake: 500, uptime: 3_600_500 })).toBe(3_600_000);
    close();
  });

  it('is no time in which this process computed, or waited for a processor', () => {
    const { pass, close } = told();
    expect(pass({ awake: 20_000, busy: 19_800 })).toBe(0);
    close();
  });

  it('is a process that was stopped, and not one that runs or is gone', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    const watch = new PauseWatch();
    watch.follow(child.pid);
    try {
      watch.look();
      child.kill('SIGSTOP');
      await sleep(50);
      watch.look();
      await sleep(700);
      expect(watch.look()).toBeGreaterThan(600);
      child.kill('SIGCONT');
      await sleep(50);
      const longest = watch.look();
      await sleep(100);
      expect(watch.look()).toBe(longest);
    } finally {
      child.kill('SIGKILL');
      watch.close();
    }
    watch.follow(2 ** 30);
    expect(watch.look()).toBeLessThan(3000);
  });
});
