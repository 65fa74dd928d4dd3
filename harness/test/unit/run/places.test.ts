// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { hostRoom, machinePlaces } from '../../../run/places.js';

it('gives all places that were asked for where there is memory, or where nobody knows', () => {
  expect(machinePlaces(4, 256, { memory: 16_000, files: null })).toEqual({ places: 4, notice: null });
  expect(machinePlaces(4, 256, { memory: null, files: null })).toEqual({ places: 4, notice: null });
});

it('gives as many as fit, and says why', () => {
  const { places, notice } = machinePlaces(16, 1024, { memory: 6000, files: null });
  expect(places).toBe(4);
  expect(notice).toBe(
    '4 machines run at a time, not 16: the host has 6000 MiB of memory to spare, and a machine takes 1174',
  );
});

it('gives one place in any case', () => {
  const { places, notice } = machinePlaces(2, 8192, { memory: 1000, files: null });
  expect(places).toBe(1);
  expect(notice).toMatch(/^one machine runs at a time, not 2: /);
  expect(machinePlaces(1, 8192, { memory: 1000, files: null })).toEqual({ places: 1, notice: null });
});

it('counts open files, too', () => {
  expect(machinePlaces(8, 256, { memory: 64_000, files: 128 })).toEqual({
    places: 3,
    notice: '3 machines run at a time, not 8: this process may have 128 files open, and each takes 20 (ulimit -n)',
  });
  expect(() => machinePlaces(1, 256, { memory: 64_000, files: 24 })).toThrow(
    'run: this process may have 24 files open, and a machine needs 80',
  );
});

it('reads what the host has', async () => {
  const { memory, files } = await hostRoom();
  expect(memory).toBeGreaterThan(0);
  expect(files).toBeGreaterThan(0);
  expect(await hostRoom('/nowhere', '/nowhere')).toEqual({ memory: null, files: null });
});
