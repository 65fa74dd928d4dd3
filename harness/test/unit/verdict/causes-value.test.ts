// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { causeOf } from '../../../verdict/causes.js';
import type { Cause, CauseCase } from '../../../verdict/causes-case.js';
import { rejectionIn, verifierLog } from '../../fixtures/verifier-logs.js';

const all = ['5.10', '6.1', '6.12', '7.2'];
const causeIn = (log: string, more: Partial<CauseCase> = {}): Cause | null => causeOf(rejectionIn(log, more));

describe('what the way of a value proves', () => {
  it.each([
    [all, 'reject_null_on_path.chosen', 'null-on-path', 'instruction 12 made it so'],
    [
      ['5.10', '6.1', '6.12'],
      'reject_null_on_path.looked_at',
      'null-on-path',
      'the test at instruction 10 has found it so',
    ],
    [all, 'reject_number_as_pointer.followed', 'number-as-pointer', 'What bpf_get_current_task returned is a number'],
    [all, 'reject_bound_on_copy.half_tested', 'bound-on-copy', 'tested, at instruction 12, in a copy'],
    [['6.12', '7.2'], 'reject_maybe_null_trusted.given_back', 'maybe-null-trusted', 'bpf_task_from_pid returns NULL'],
    [all, 'reject_missing_null_check.unchecked', 'missing-null-check', 'before the program has looked at it'],
    [all, 'reject_unbounded_access.unbounded', 'unbounded-access', 'has no upper bound'],
    [['6.1', '6.12', '7.2'], 'reject_not_sleepable.wakeful', 'not-sleepable', 'may sleep, and is not one that may'],
  ] as const)('%j %s is %s', (kernels, program, id, words) => {
    for (const kernel of kernels) {
      const cause = causeIn(verifierLog(kernel, program));
      expect(cause?.id, kernel).toBe(id);
      expect(cause?.explanation, kernel).toContain(words);
    }
  });
});

describe('a pointer that is a number', () => {
  const verdict = "R1 invalid mem access 'scalar'\n";

  it.each([
    ['came out of memory', '0: (79) r1 = *(u64 *)(r1 +8) ; R1_w=scalar()\n'],
    ['came out of arithmetic', '0: (bf) r1 = r2 ; R1_w=ctx()\n1: (57) r1 &= -8 ; R1_w=scalar()\n'],
    ['is a constant other than 0', '0: (b7) r1 = 4096 ; R1_w=4096\n'],
    ['was there before the log begins', ''],
  ])('has no cause where it %s', (_, way) => {
    expect(causeIn(`${way}9: (61) r0 = *(u32 *)(r1 +0)\n${verdict}`)).toBeNull();
  });

  it('is not said of what a lookup returned, when the program had compared it', () => {
    const way = '0: (85) call bpf_map_lookup_elem#1\n1: (15) if r0 == 0x0 goto pc+3\n5: (bf) r1 = r0\n';
    expect(causeIn(`${way}6: (61) r0 = *(u32 *)(r1 +0)\n${verdict}`)).toBeNull();
  });
});

describe('the stack on the way of a value', () => {
  const end = "15: (61) r1 = *(u32 *)(r1 +0)\nR1 invalid mem access 'scalar'\n";
  const stored = '1: (b7) r0 = 0 ; R0_w=0\n2: (7b) *(u64 *)(r10 -8) = r0 ; R0_w=0 R10=fp0 fp-8_w=0\n';

  it('is followed through a spill', () => {
    expect(causeIn(`${stored}3: (79) r1 = *(u64 *)(r10 -8) ; R1_w=0\n${end}`)?.id).toBe('null-on-path');
  });

  it('is not, where a helper could have written there and the verifier knows something else', () => {
    const helped = '3: (85) call bpf_probe_read_kernel#113 ; R0_w=scalar()\n';
    expect(causeIn(`${stored}${helped}4: (79) r1 = *(u64 *)(r10 -8) ; R1_w=scalar()\n${end}`)).toBeNull();
  });

  it('of a function that was called is not that of its caller', () => {
    const called = `1: (b7) r6 = 8 ; R6_w=8\n2: (85) call pc+5\n8: (b7) r6 = 0 ; frame1: R6_w=0\n9: (95) exit\n`;
    expect(causeIn(`${called}3: (bf) r1 = r6 ; R1_w=8\n${end}`)).toBeNull();
    expect(causeIn(`${called.replace('r6 = 8', 'r6 = 0')}3: (bf) r1 = r6 ; R1_w=0\n${end}`)?.explanation).toContain(
      'instruction 1 ',
    );
  });
});

describe('a bound', () => {
  const line = "R2 min value is negative, either use unsigned or 'var &= const'\n";
  const read = '1: (79) r2 = *(u64 *)(r6 +0) ; R2_w=scalar() R6=map_value(map=m)\n';

  it('on the register itself that is too small is no copy', () => {
    const log = `${read}2: (65) if r2 s> 0x10 goto pc+9 ; R2=scalar(smax=16)\n3: (85) call bpf_probe_read_kernel#113\n${line}`;
    expect(causeIn(log)).toMatchObject({
      id: 'unbounded-access',
      hint: expect.stringContaining('test both ends') as unknown,
    });
  });

  it('of another value is no copy either', () => {
    const other = '2: (61) r3 = *(u32 *)(r6 +8) ; R3_w=scalar()\n3: (25) if r3 > 0x10 goto pc+9 ; R3=scalar()\n';
    expect(causeIn(`${read}${other}4: (85) call bpf_probe_read_kernel#113\n${line}`)?.id).toBe('unbounded-access');
  });
});

describe('a register without a value', () => {
  it('was destroyed by the last call', () => {
    const log = '0: (b7) r3 = 1 ; R3_w=1\n1: (85) call bpf_ktime_get_ns#5\n2: (bf) r0 = r3\nR3 !read_ok\n';
    expect(causeIn(log)).toMatchObject({ id: 'uninitialised-register' });
    expect(causeIn(log)?.explanation).toContain('after a call that destroyed it, at instruction 1');
  });

  it('was never written', () => {
    expect(causeIn('0: (bf) r0 = r5\nR5 !read_ok\n')?.explanation).toContain('nothing was written to it');
  });

  it('is the result of a helper that has none', () => {
    const cause = causeIn('0: (85) call bpf_ringbuf_submit#132\n1: (95) exit\nR0 !read_ok\n');
    expect(cause).toMatchObject({ id: 'uninitialised-register' });
    expect(cause?.explanation).toContain('bpf_ringbuf_submit returns nothing');
  });

  it('is the result of a kfunc that an old libbpf left unresolved', () => {
    const cause = causeIn('0: (85) call #0\n1: (16) if w0 == 0x21 goto pc+1\nR0 !read_ok\n');
    expect(cause).toMatchObject({ id: 'unknown-kfunc', hint: 'Ask with bpf_ksym_exists() before the call.' });
  });
});

it.each([
  ['not-sleepable', 'program must be sleepable to call sleepable kfunc bpf_copy_from_user_str'],
  ['not-sleepable', 'sleepable helper bpf_copy_from_user#148 in non-sleepable prog'],
  ['not-sleepable', 'kernel func bpf_copy_from_user_str is sleepable within non-sleepable prog'],
  ['hook-not-sleepable', 'bpf_lsm_task_free is not sleepable'],
  ['hook-not-sleepable', 'Program of this type cannot be sleepable'],
  ['maybe-null-trusted', "R1 invalid mem access 'trusted_ptr_or_null_'"],
  ['maybe-null-trusted', 'Possibly NULL pointer passed to trusted R1'],
  ['missing-null-check', 'Possibly NULL pointer passed to helper arg2'],
  ['stack-limit', 'stack size of subprog 1 is 520. Too large'],
  ['stack-limit', 'tail_calls are not allowed when call stack of previous frames is 288 bytes. Too large'],
  // Regions of a program that may sleep elsewhere: not known here.
  [null, 'sleepable helper bpf_copy_from_user#148 in rcu_read_lock region'],
  [null, 'kernel func bpf_copy_from_user_str is sleepable within non-preemptible region'],
  [null, 'R1 must be referenced or trusted'],
])('%s: %s', (id, line) => {
  expect(causeIn(`3: (85) call something#1\n${line}\n`)?.id ?? null).toBe(id);
});

describe('a helper that sleeps', () => {
  const refused = (type: string, section: string): string | null =>
    causeIn('', { code: 'HELPER_UNSUPPORTED', decidingLine: 'unknown func bpf_copy_from_user#148', type, section })
      ?.id ?? null;

  it('wants a sleepable section, where the type has one', () => {
    expect(refused('lsm', 'lsm/bprm_check_security')).toBe('not-sleepable');
    expect(refused('tracing', '?fentry/vfs_read')).toBe('not-sleepable');
    expect(refused('lsm', 'lsm.s/bprm_check_security')).toBe('helper-not-allowed');
    expect(refused('xdp', 'xdp')).toBe('helper-not-allowed');
  });
});
