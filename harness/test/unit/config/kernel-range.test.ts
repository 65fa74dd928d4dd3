// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { kernelRange } from '../../../config/kernel-range.js';

const releases = [
  '5.10.0-40-amd64',
  '5.15.0-91-generic',
  '6.1.0-56-cloud-amd64',
  '6.8.0-32-generic',
  '6.12.117',
  '7.2.1',
];
const series = (release: string): string => release.split('.').slice(0, 2).join('.');
const inRange = (text: string): readonly string[] =>
  releases.filter((release) => kernelRange(text)?.({ id: series(release), release })).map(series);

describe('a range of kernels', () => {
  it.each([
    ['>=5.15 <6.8', ['5.15', '6.1']],
    ['>= 5.15  < 6.8', ['5.15', '6.1']],
    ['6.12', ['6.12']],
    ['=6.1', ['6.1']],
    ['6.x', ['6.1', '6.8', '6.12']],
    ['>6.8', ['6.12', '7.2']],
    ['<=5.15', ['5.10', '5.15']],
    ['>=6 <7', ['6.1', '6.8', '6.12']],
    ['<5.15, >6.12', ['5.10', '7.2']],
    ['5.10,6.x <6.8', ['5.10', '6.1']],
    ['>6.12 <6.1', []],
  ])('%s', (text, found) => {
    expect(inRange(text)).toEqual(found);
  });

  it('knows a flavour by its id', () => {
    expect(
      ['6.8/aws', '6.8', '6.8/azure'].map((text) => kernelRange(text)?.({ id: '6.8/aws', release: '6.8.0-1008-aws' })),
    ).toEqual([true, true, false]);
  });

  // As text, 6.12 comes before 6.8 and 5.9 after 5.15.
  it('compares numbers', () => {
    expect(kernelRange('>=6.8')?.({ id: '6.12', release: null })).toBe(true);
    expect(kernelRange('<5.15')?.({ id: '5.9', release: null })).toBe(true);
  });

  it('knows a kernel by its id, and its series by what it says itself', () => {
    const mine = { id: 'mine', release: '6.8.12-custom' };
    expect(['mine', '6.8', '>=6.1', '6.x'].map((text) => kernelRange(text)?.(mine))).toEqual([true, true, true, true]);
    expect(kernelRange('6.1')?.({ id: '6.1', release: '6.8.0' })).toBe(true);
    expect(kernelRange('<6.8')?.({ id: '6.1', release: '6.8.0' })).toBe(false);
    expect(kernelRange('>=1.0')?.({ id: 'mine', release: null })).toBe(false);
  });

  it.each(['', ' ', '6', '>=', '>=6.1.2', '<=6', '>6', '6.1,', '>=six', '!6.1', '6.1 || 6.8', '~6.1'])(
    '%j is none',
    (text) => {
      expect(kernelRange(text)).toBeNull();
    },
  );
});
