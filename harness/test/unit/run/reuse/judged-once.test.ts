// SPDX-License-Identifier: Apache-2.0
import { expect, it, vi } from 'vitest';
import { judgedOnce } from '../../../../run/reuse/judged-once.js';

it('judges an answer once, and another by itself', () => {
  const judge = vi.fn(({ name }: { readonly name: string }) => `${name} passes`);
  const judged = judgedOnce(judge);
  const [one, other] = [{ name: 'load' }, { name: 'load' }];
  expect([judged(one), judged(one), judged(other)]).toEqual(['load passes', 'load passes', 'load passes']);
  expect(judge.mock.calls).toEqual([[one], [other]]);
});

it('throws each time what a judge throws', () => {
  const judge = vi.fn((): string => {
    throw new Error('cannot be judged');
  });
  const judged = judgedOnce(judge);
  const answer = {};
  for (const time of [1, 2]) {
    expect(() => judged(answer)).toThrow('cannot be judged');
    expect(judge).toHaveBeenCalledTimes(time);
  }
});
