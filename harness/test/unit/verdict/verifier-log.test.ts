// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { readVerifierLog } from '../../../verdict/verifier-log.js';

const tailOf = (lines: string[]): string => `${lines.join('\n')}\n`;

const returnRange = tailOf([
  '; return cond ? 0 : -EPERM; @ aegis.bpf.c:42',
  '17: (87) r0 = -r0                     ; R0_w=scalar()',
  '18: (95) exit',
  'At program exit the register R0 has unknown scalar value should have been in [-4095, 0]',
  'processed 61 insns (limit 1000000) max_states_per_insn 0 total_states 4 peak_states 4 mark_read 2',
]);

const leak = tailOf([
  '; rec = bpf_ringbuf_reserve(&events, sizeof(*rec), 0);',
  '7: (85) call bpf_ringbuf_reserve#131',
  '12: (b7) r0 = 0',
  '13: (95) exit',
  'Unreleased reference id=2 alloc_insn=7',
  'BPF_EXIT instruction in main prog would lead to reference leak',
  'processed 14 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1 mark_read 1',
]);

describe('readVerifierLog', () => {
  it('finds the verdict above the statistics, and the instruction it was at', () => {
    expect(readVerifierLog(returnRange)).toMatchObject({
      decidingLine: 'At program exit the register R0 has unknown scalar value should have been in [-4095, 0]',
      insn: 18,
    });
  });

  it('takes the leak itself, not the sentence about it, as deciding', () => {
    const reading = readVerifierLog(leak);
    expect(reading.decidingLine).toBe('Unreleased reference id=2 alloc_insn=7');
    expect(reading.verdictLines).toHaveLength(2);
    expect(reading.insn).toBe(13);
  });

  it('finds a verdict at the end of a log of 40 KB', () => {
    const walk = Array.from({ length: 1000 }, (_, n) => `${n}: (bf) r1 = r2  ; R1_w=fp0 R2=ctx(off=0,imm=0)`);
    const log = tailOf([...walk, "R3 invalid mem access 'scalar'", 'processed 1000 insns (limit 1000000) ']);
    expect(log.length).toBeGreaterThan(40_000);
    expect(readVerifierLog(log)).toMatchObject({ decidingLine: "R3 invalid mem access 'scalar'", insn: 999 });
  });

  it.each([
    [
      'a pointer, as 5.10 refuses it',
      ['Validating judge() func#1...', 'arg#0 type is not a struct', 'Arg#0 type PTR in judge() is not supported yet.'],
      'Arg#0 type PTR in judge() is not supported yet.',
    ],
    [
      'no size, as 6.1 refuses it',
      ['Validating judge() func#1...', "arg#0 reference type('FWD opaque') size cannot be determined: -22"],
      "arg#0 reference type('FWD opaque') size cannot be determined: -22",
    ],
  ])('does not take the name of the function being walked for a verdict: %s', (_, lines, decidingLine) => {
    expect(readVerifierLog(tailOf(lines)).decidingLine).toBe(decidingLine);
    expect(readVerifierLog(tailOf(lines.slice(0, 1))).verdictLines).toEqual([]);
  });

  it('does not take a mere program walk for a verdict', () => {
    const reading = readVerifierLog('0: (b7) r0 = 0\n1: (95) exit\n');
    expect(reading.verdictLines).toEqual([]);
  });

  it("takes libbpf's explanation of a poisoned instruction as deciding", () => {
    const log = tailOf([
      '3: <invalid CO-RE relocation>',
      'failed to resolve CO-RE relocation <byte_off> [9] struct task_struct.no_such (0:1 @ offset 4)',
      'processed 4 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0',
    ]);
    expect(readVerifierLog(log).decidingLine).toMatch(/^failed to resolve CO-RE relocation <byte_off>/);
  });

  it('finds an endless loop that newer kernels tell on the line of the jump', () => {
    const log = tailOf([
      '2: (57) r1 &= 1',
      '3: (55) if r1 != 0x7 goto pc-2 infinite loop detected at insn 2',
      'cur state: R1=scalar() R10=fp0',
      'old state: R1=scalar() R10=fp0',
      'processed 8 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0',
    ]);
    expect(readVerifierLog(log)).toMatchObject({ decidingLine: 'infinite loop detected at insn 2', insn: 2 });
  });

  it('is not misled by a statistic that came with 7.2', () => {
    const closing = ['verification time 4028 usec', 'stack depth 0 max 0', 'insns processed 10'];
    const loop = '3: (55) if r1 != 0x7 goto pc-2 infinite loop detected at insn 2';
    expect(readVerifierLog([loop, ...closing, ''].join('\n')).decidingLine).toBe('infinite loop detected at insn 2');
    expect(readVerifierLog(closing.join('\n'))).toMatchObject({ verdictLines: [] });
  });

  it('takes the poisoned instruction itself for the place, not the one before', () => {
    const log = tailOf([
      '0: (b7) r0 = 0',
      '1: <invalid CO-RE relocation>',
      'failed to resolve CO-RE relocation <x> [1]',
    ]);
    expect(readVerifierLog(log).insn).toBe(1);
  });

  it('has no deciding line for an empty log', () => {
    expect(readVerifierLog('')).toEqual({ decidingLine: null, verdictLines: [], insn: null });
  });
});
