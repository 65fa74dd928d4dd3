// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Agent } from '../../../model/agent.js';
import { expectedOf, isDenied } from '../../../scenarios/denial-errno.js';

const plain = { dialect: null } as Agent;
const other = { dialect: { denial: 'EACCES' } } as Agent;
const returned = (errno: number) => ({ kind: 'returned', errno }) as const;

describe('the errno of a denial', () => {
  it('is EPERM, unless the dialect says otherwise', () => {
    expect(expectedOf(plain, returned(1))).toEqual(returned(1));
    expect(expectedOf(other, returned(1))).toEqual(returned(13));
    expect([1, 13, 0].map((errno) => isDenied(plain, returned(errno)))).toEqual([true, false, false]);
    expect([1, 13, 0].map((errno) => isDenied(other, returned(errno)))).toEqual([false, true, false]);
  });

  it('leaves alone what is no denial', () => {
    for (const expected of [returned(0), returned(13), { kind: 'signalled', signal: 15 } as const]) {
      expect(expectedOf(other, expected)).toEqual(expected);
    }
    expect(isDenied(other, { kind: 'timed-out' })).toBe(false);
  });
});
