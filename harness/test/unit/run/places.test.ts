// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { availableMemory, machinePlaces } from '../../../run/places.js';

it('gives all places that were asked for where there is memory, or where nobody knows', () => {
  expect(machinePlaces(4, 256, 16_000)).toEqual({ places: 4, notice: null });
  expect(machinePlaces(4, 256, null)).toEqual({ places: 4, notice: null });
});

it('gives as many as fit, and says why', () => {
  const { places, notice } = machinePlaces(16, 1024, 6000);
  expect(places).toBe(4);
  expect(notice).toBe(
    '4 machines run at a time, not 16: the host has 6000 MiB of memory to spare, and a machine takes 1174',
  );
});

it('gives one place in any case', () => {
  const { places, notice } = machinePlaces(2, 8192, 1000);
  expect(places).toBe(1);
  expect(notice).toMatch(/^one machine runs at a time, not 2: /);
  expect(machinePlaces(1, 8192, 1000)).toEqual({ places: 1, notice: null });
});

it('reads what the host can spare', async () => {
  expect(await availableMemory()).toBeGreaterThan(0);
  expect(await availableMemory('/nowhere')).toBeNull();
});
