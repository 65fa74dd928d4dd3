// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { IdleShare, type ProcessorTimes } from '../../../proc/idle.js';

function shares(...times: readonly ProcessorTimes[]): readonly number[] {
  const left = [...times];
  const idle = new IdleShare(() => left.shift() ?? { idle: 0, all: 0 });
  return times.slice(1).map(() => idle.look());
}

it('is what the processors did not use since the last look', () => {
  expect(
    shares({ idle: 50, all: 100 }, { idle: 100, all: 200 }, { idle: 100, all: 300 }, { idle: 200, all: 400 }),
  ).toEqual([0.5, 0, 1]);
});

it('is none where no time has passed', () => {
  expect(shares({ idle: 50, all: 100 }, { idle: 50, all: 100 })).toEqual([0]);
});

it('is between none and all on this host', async () => {
  const idle = new IdleShare();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const share = idle.look();
  expect(share).toBeGreaterThanOrEqual(0);
  expect(share).toBeLessThanOrEqual(1);
});
