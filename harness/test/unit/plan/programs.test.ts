// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from 'vitest';
import { type ObjectFile, readObjects } from '../../../config/objects.js';
import { UsageError } from '../../../model/errors.js';
import { choosePrograms } from '../../../plan/programs.js';

let objects: readonly ObjectFile[];
beforeAll(async () => {
  objects = await readObjects(['healthy', 'negated_tail', 'only_maps'].map((name) => `build/variants/${name}.bpf.o`));
});

const chosen = (texts: readonly string[] | undefined) => choosePrograms('--program', texts, objects);

describe('--program', () => {
  it('is every program of every object without', () => {
    expect(chosen(undefined)).toEqual({ patterns: null, objects, notices: [] });
  });

  it('leaves out objects without a match, and says so', () => {
    const { patterns, objects: left, notices } = chosen(['healthy_open', 'healthy_openat']);
    expect(patterns).toEqual(['healthy_open', 'healthy_openat']);
    expect(left.map(({ identity }) => identity.name)).toEqual(['healthy']);
    expect(notices).toEqual([
      expect.stringContaining('2 of 3 programs are loaded'),
      'no program matches in negated_tail, only_maps',
    ]);
  });

  it('takes commas, repetitions and patterns', () => {
    expect(chosen(['healthy_open, negated_*']).objects).toHaveLength(2);
    expect(chosen(['healthy_open', 'negated_*']).patterns).toEqual(['healthy_open', 'negated_*']);
  });

  it.each([[['helthy_open']], [['healthy_open', 'helthy_open*']]])(
    '%j: one that matches nothing is an error',
    (texts) => {
      expect(() => chosen(texts)).toThrow(UsageError);
      expect(() => chosen(texts)).toThrow(/no program of .*healthy\.bpf\.o.* matches; nearest: healthy_open, /);
    },
  );

  it('has nothing to choose from in an object of maps', () => {
    expect(() => choosePrograms('--program', ['a'], objects.slice(2))).toThrow(/there are no programs in .*only_maps/);
  });
});
