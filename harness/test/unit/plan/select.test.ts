// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../model/errors.js';
import { threeNearest, selectKernels, type SelectableKernel } from '../../../plan/select.js';
import { unnamedTarget } from '../../../target.js';

const architectures = [unnamedTarget.name];
const targets = [unnamedTarget];
const catalog: readonly SelectableKernel[] = [
  { id: '5.10', tier: 'extended', architectures },
  { id: '5.15', tier: 'default', architectures },
  { id: '6.1', tier: 'default', architectures },
  { id: '6.12', tier: 'default', architectures },
  { id: 'newest', tier: 'extended', architectures },
];

describe('selectKernels', () => {
  test.each([
    { words: [], ids: ['5.15', '6.1', '6.12'], why: 'nothing said is the default tier' },
    { words: ['default'], ids: ['5.15', '6.1', '6.12'], why: 'the default tier by name' },
    { words: ['all'], ids: ['5.10', '5.15', '6.1', '6.12', 'newest'], why: 'catalog order' },
    { words: ['6.12,5.10'], ids: ['6.12', '5.10'], why: 'the order of the words' },
    { words: ['6.12', '6.1, 6.12', ''], ids: ['6.12', '6.1'], why: 'each kernel once, blanks ignored' },
    { words: ['newest,default'], ids: ['newest', '5.15', '6.1', '6.12'], why: 'ids and groups mix' },
    { words: ['mine'], ids: ['mine'], why: 'a local image can be named' },
  ])('$words: $why', ({ words, ids }) => {
    expect(selectKernels(words, { catalog, local: ['mine'], targets })).toEqual(ids);
  });

  test('a local image is no part of `all`', () => {
    expect(selectKernels(['all'], { catalog, local: ['mine'], targets })).not.toContain('mine');
  });

  test('an unknown id is refused with the nearest ones', () => {
    expect(() => selectKernels(['6.13'], { catalog, local: [], targets })).toThrow(UsageError);
    expect(() => selectKernels(['6.13'], { catalog, local: [], targets })).toThrow(
      'no kernel 6.13; nearest: 6.1, 6.12, 5.10',
    );
  });

  test.each([[[',']], [['', ' ']]])('%j names no kernel and is an error, never an empty run', (words) => {
    expect(() => selectKernels(words, { catalog, local: [], targets })).toThrow('names no kernel');
  });

  test('a catalog without a default tier cannot give an empty run either', () => {
    expect(() =>
      selectKernels([], { catalog: [{ id: '5.10', tier: 'extended', architectures }], local: [], targets }),
    ).toThrow(UsageError);
  });

  test('nearest counts edits, not letters in common', () => {
    expect(threeNearest('newst', ['6.1', 'newest'])[0]).toBe('newest');
  });
});
