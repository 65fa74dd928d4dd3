// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { SessionWaits } from '../../../run/session-waits.js';

/** Looks at a QEMU that began after 2 s: milliseconds since then, on a processor, without one. */
function waitsOf(...looks: readonly (readonly [now: number, running: number, starved: number])[]) {
  const left = [[0, 0, 0] as const, ...looks];
  return new SessionWaits('6.12 lsm', undefined, () => {
    const [now, running, starved] = left.shift() ?? [0, 0, 0];
    return { now: 2000 + now, running, starved };
  });
}

it('says which time a processor worked, had no room, or nobody had anything to do, and what was waited for', () => {
  const waits = waitsOf([2000, 1900, 0], [5000, 2000, 0], [6000, 2100, 800], [6500, 2600, 800]);
  waits.onRequest('run', 1900);
  waits.onRequest('wait', 2900);
  waits.onRequest('put', 900);
  expect(waits.end()).toEqual([
    '6.12 lsm: 6.5 s, 2.6 s on a processor, 0.8 s waiting for one, 3.1 s with nothing to do (wait 2.9 s, run 0.1 s, put 0.1 s)',
    '6.12 lsm            |  ##...~#|',
  ]);
});

it('takes requests that are answered soon for a part of the next', () => {
  const waits = waitsOf([4000, 1000, 0], [4000, 1000, 0]);
  waits.onRequest('get', 2);
  waits.onRequest('get', 49);
  waits.onRequest('spawn', 60);
  expect(waits.end()[0]).toContain('3.0 s with nothing to do (spawn 3.0 s');
});

it('does not give time back that a process had which is gone', () => {
  const waits = waitsOf([1000, 900, 0], [2000, 0, 0], [3000, 0, 0]);
  waits.onRequest('run', 900);
  waits.onRequest('wait', 1000);
  expect(waits.end()[0]).toMatch(/3\.0 s, 0\.9 s on a processor/);
});
