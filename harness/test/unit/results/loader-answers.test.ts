// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { readLoaderLines, readVeristat } from '../../../results/loader-answers.js';

describe('answers of the loader', () => {
  const { of, keys } = readLoaderLines(
    [
      '/o/a.bpf.o\tone\tload\t0\t',
      "/o/a.bpf.o\ttwo\tload\t22\tlibbpf: map 'm': failed to create: -EINVAL ",
      '/o/a.bpf.o\t#2\tdied\t11\t',
      '/o/b.bpf.o\t-\topen\t95\tlibbpf: no ',
      '/o/c.bpf.o\t-\topen\t4005\t',
      '',
    ].join('\n'),
  );

  it.each([
    ['a', 'one', { kind: 'loaded' }],
    ['a', 'two', { kind: 'refused', errno: 22, message: "load 22: libbpf: map 'm': failed to create: -EINVAL" }],
    ['a', '#2', { kind: 'refused', errno: null, message: 'died 11: ' }],
    ['b', '-', { kind: 'refused', errno: 95, message: 'open 95: libbpf: no' }],
    ['b', 'any', { kind: 'refused', errno: 95, message: 'open 95: libbpf: no' }],
    ['c', '-', { kind: 'refused', errno: 8, message: 'open 4005: ' }],
    ['a', 'three', { kind: 'absent', message: 'the loader has no such program' }],
  ])('of %s/%s', (object, program, answer) => {
    expect(of({ object, program })).toEqual(answer);
  });

  it('lists what it has', () => {
    expect(keys.map(({ object, program }) => `${object}/${program}`)).toEqual(['a/one', 'a/two', 'a/#2', 'b/-', 'c/-']);
  });

  it('takes no line that is cut short', () => {
    expect(() => readLoaderLines('/o/a.bpf.o\tone\tload')).toThrow('no line of the loader');
  });
});

describe('answers of veristat', () => {
  const csv = 'file_name,prog_name,verdict\na.bpf.o,one,success\na.bpf.o,two,failure\n';
  const { of } = readVeristat(csv, "x\nFailed to open '/o/b.bpf.o': -95\nFailed to process '/o/c.bpf.o': -3\n");

  it.each([
    ['a', 'one', 'loaded'],
    ['a', 'two', 'refused'],
    ['a', 'three', 'absent'],
    ['b', 'any', 'refused'],
    ['c', '-', 'refused'],
  ])('of %s/%s: %s', (object, program, kind) => {
    expect(of({ object, program }).kind).toBe(kind);
  });

  it('takes no other verdict', () => {
    expect(() => readVeristat('file_name,prog_name,verdict\na.bpf.o,one,maybe', '')).toThrow('no row of veristat');
  });
});
