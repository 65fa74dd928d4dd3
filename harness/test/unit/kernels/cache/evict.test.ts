// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { evictable } from '../../../../kernels/cache/evict.js';

const occupants = [
  { key: 'young', size: 40, used: 30 },
  { key: 'old', size: 40, used: 10 },
  { key: 'middle', size: 40, used: 20 },
];
const none = new Set<string>();

it('nobody has to go while there is room', () => {
  expect(evictable(occupants, none, 120)).toEqual([]);
});

it('those not used for the longest time go first, and no more than have to', () => {
  expect(evictable(occupants, none, 119)).toEqual(['old']);
  expect(evictable(occupants, none, 79)).toEqual(['old', 'middle']);
});

it('those of this run stay, even when the limit is exceeded by them', () => {
  expect(evictable(occupants, new Set(['old']), 80)).toEqual(['middle']);
  expect(evictable(occupants, new Set(['old', 'young']), 10)).toEqual(['middle']);
});
