// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { sourceAround } from '../../../verdict/source.js';
import { verifierPathOf } from '../../../verdict/verifier-path.js';

const record = (insn: number, line: number, text: string) => ({ insn, file: 'a.bpf.c', line, column: 1, text });
const lineInfo = [
  record(0, 10, '  key = 0;'),
  record(2, 12, '  if (!value)'),
  record(5, 14, '  if (n)'),
  record(8, 20, '}'),
];

/** missing_submit on 6.12, shortened. */
const log612 = [
  '0: R1=ctx() R10=fp0',
  '1: (85) call bpf_ringbuf_reserve#131          ; R0_w=ringbuf_mem_or_null(id=2,ref_obj_id=2,sz=8) refs=2',
  '2: (15) if r0 == 0x0 goto pc+10       ; R0_w=ringbuf_mem(ref_obj_id=2,sz=8) refs=2',
  '3: (7b) *(u64 *)(r0 +0) = r1         ; R0=ringbuf_mem(ref_obj_id=2,sz=8)',
  '5: (55) if r7 != 0x10 goto pc+2 8: R0=ringbuf_mem(ref_obj_id=2,sz=8) R7=scalar(id=3,smin=0) R10=fp0 refs=2',
  '8: (95) exit',
  'Unreleased reference id=2 alloc_insn=1',
].join('\n');

/** The same on 5.10: registers on lines of their own, and a branch that is taken up late. */
const log510 = [
  '1: (85) call bpf_ringbuf_reserve#131',
  ' R0_w=mem_or_null(id=2) R10=fp0 refs=2',
  '2: (15) if r0 == 0x0 goto pc+10',
  ' R0_w=mem(id=0,ref_obj_id=2) R10=fp0 refs=2',
  '3: (7b) *(u64 *)(r0 +0) = r1',
  '5: (55) if r7 != 0x10 goto pc+2',
  '',
  'from 5 to 8: R0=mem(id=0,ref_obj_id=2) R7=inv(id=3) R10=fp0 refs=2',
  '8: (95) exit',
  'Unreleased reference id=2 alloc_insn=1',
].join('\n');

describe('pathOf', () => {
  it('is the decisions that led there, with what was known of the registers', () => {
    expect(verifierPathOf(log612, lineInfo)).toEqual([
      {
        insn: 2,
        source: { file: 'a.bpf.c', line: 12, text: 'if (!value)' },
        state: 'if r0 == 0x0 goto pc+10: not taken; R0_w=ringbuf_mem(ref_obj_id=2,sz=8)',
      },
      {
        insn: 5,
        source: { file: 'a.bpf.c', line: 14, text: 'if (n)' },
        state: 'if r7 != 0x10 goto pc+2: taken; R7=scalar(id=3,smin=0)',
      },
      {
        insn: 8,
        source: { file: 'a.bpf.c', line: 20, text: '}' },
        state: 'exit; R0=ringbuf_mem(ref_obj_id=2,sz=8)',
      },
    ]);
  });

  it('reads the logs of old kernels as well', () => {
    expect(verifierPathOf(log510, null).map(({ insn, state }) => `${insn}: ${state}`)).toEqual([
      '2: if r0 == 0x0 goto pc+10: not taken; R0_w=mem_or_null(id=2)',
      '5: if r7 != 0x10 goto pc+2: taken; R7=inv(id=3)',
      '8: exit; R0=mem(id=0,ref_obj_id=2)',
    ]);
  });

  it('leaves out the branches that were walked before a jump was taken up again', () => {
    const log = [
      '1: (15) if r1 == 0x0 goto pc+5',
      '2: (15) if r2 == 0x0 goto pc+2',
      '3: (95) exit',
      'from 2 to 5: R2=0 R10=fp0',
      '5: (95) exit',
      'from 1 to 7: R1=0 R10=fp0',
      '7: (95) exit',
      'R0 !read_ok',
    ].join('\n');
    expect(verifierPathOf(log, null).map(({ insn }) => insn)).toEqual([1, 7]);
  });

  it('goes back to the visit that left the branch aside, and not to a later one that has been taken up', () => {
    const log = [
      '1: (15) if r1 == 0x0 goto pc+5',
      '2: (55) if r2 != 0x0 goto pc-2',
      '1: (15) if r1 == 0x0 goto pc+5',
      '2: (95) exit',
      'from 1 to 7: R1=0 R10=fp0',
      '7: (95) exit',
      'from 1 to 7: R1=0 R10=fp0',
      '7: (95) exit',
      'R0 !read_ok',
    ].join('\n');
    expect(verifierPathOf(log, null).map(({ insn }) => insn)).toEqual([1, 7]);
  });

  it('has at most six steps, tells a loop once, and ends at a poisoned instruction', () => {
    const loop = Array.from({ length: 50 }, () => '3: (a5) if r1 < 0x8 goto pc-2   ; R1_w=3');
    const jumps = Array.from({ length: 20 }, (_, at) => `${at + 10}: (15) if r${at % 9} == 0x0 goto pc+99`);
    const log = [...loop, ...jumps, '30: <invalid CO-RE relocation>'].join('\n');
    expect(verifierPathOf(log, null).map(({ insn }) => insn)).toEqual([25, 26, 27, 28, 29, 30]);
    expect(verifierPathOf([...loop, '4: (95) exit'].join('\n'), null).map(({ insn }) => insn)).toEqual([3, 4]);
  });

  it('is empty where the log shows no instruction', () => {
    expect(verifierPathOf('combined stack size of 2 calls is 640. Too large\n', lineInfo)).toEqual([]);
    expect(verifierPathOf('', null)).toEqual([]);
  });
});

describe('around', () => {
  it('is the lines near one, in the order of the file, each once', () => {
    const lines = [...lineInfo, record(9, 12, '  if (!value)'), { ...record(3, 13, 'x'), file: 'b.h' }];
    const place = { file: 'a.bpf.c', line: 12, text: 'if (!value)' };
    expect(sourceAround(lines, place).map(({ line }) => line)).toEqual([10, 12, 14]);
    expect(sourceAround(lines, { file: 'a.bpf.c', line: 20, text: '}' })).toEqual([]);
    expect(sourceAround(null, place)).toEqual([]);
  });
});
