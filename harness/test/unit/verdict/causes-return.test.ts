// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { causeOf } from '../../../verdict/causes.js';
import type { Cause } from '../../../verdict/causes-case.js';
import { rejectionIn, verifierLog } from '../../fixtures/verifier-logs.js';

const causeIn = (kernel: string, program: string): Cause | null => causeOf(rejectionIn(verifierLog(kernel, program)));
const clamp = 'barrier_var(result); if (result > 0 || result < -4095)';

describe('a value that an LSM program must not return', () => {
  it.each([
    ['return_sources.from_helper', 'It is what bpf_get_prandom_u32 returned.', clamp],
    ['return_sources.from_negation', 'It comes out of the negation of a number that nothing has bounded.', clamp],
    ['return_sources.from_kernel', "It was read from a file of the kernel's.", clamp],
    ['return_sources.from_global', 'what a global function of the program returned', clamp],
    ['return_sources.from_static', 'anything from 0 to 3', 'a negative errno'],
    [
      'return_sources.half_tested',
      'The test of it on the way (instruction 9) leaves that much.',
      'One test is not enough',
    ],
    ['return_map_value.as_decided', 'It was read from the value of map decided.', clamp],
    ['return_positive.no_writers', 'can return anything from 0 to 1', 'if (condition) return -EPERM'],
    ['return_barrier_applied.as_decided', 'It was read from the value of map decided.', clamp],
    [
      'return_barrier_applied.no_writers',
      "can return 1, and has to return a value in [-4095, 0]. That is a number of the program's own, 1.",
      'a negative errno',
    ],
  ])('%s', (program, words, hint) => {
    for (const kernel of ['6.12', '7.2']) {
      const cause = causeIn(kernel, program);
      expect(cause, kernel).toMatchObject({ id: 'lsm-return-range' });
      expect(cause?.explanation, kernel).toContain(words);
      expect(cause?.hint, kernel).toContain(hint);
    }
  });

  it('a negation of what is small is told from one of any number', () => {
    const cause = causeIn('6.12', 'negated_tail.negated_connect');
    expect(cause?.explanation).toContain('the negation of a small number, which this kernel does not follow');
    expect(cause?.hint).toContain('`barrier_var(condition)` before it');
  });

  it('no hint that was applied is given again', () => {
    for (const program of ['as_decided', 'no_writers']) {
      expect(causeIn('6.12', `return_barrier_applied.${program}`)?.hint).not.toContain('barrier_var(condition)');
    }
  });

  it('without a log that reaches back there is the range, and no hint', () => {
    const line = 'At program exit the register R0 has unknown scalar value should have been in [-4095, 0]';
    const cause = causeOf(rejectionIn(`12: (95) exit\n${line}\n`));
    expect(cause?.explanation).toBe('The program can return any number, and has to return a value in [-4095, 0].');
    expect(cause?.hint).toBeNull();
  });
});

it('a hook that answers yes or no is not told of errnos', () => {
  const log =
    '0: (b7) r0 = 2 ; R0_w=2\n1: (95) exit\nAt program exit the register R0 has smin=2 smax=2 should have been in [0, 1]\n';
  expect(causeOf(rejectionIn(log))).toMatchObject({ id: 'lsm-return-range', hint: 'Return a value in [0, 1].' });
});

it('a callback has a range of its own', () => {
  const log =
    '0: (b7) r0 = 2 ; R0_w=2\n1: (95) exit\nAt callback return the register R0 has smin=2 smax=2 should have been in [0, 1]\n';
  expect(causeOf(rejectionIn(log, { type: 'xdp' }))?.explanation).toContain('can return 2');
});

it.each(['5.10', '6.1', '6.12', '7.2'])('a range of another type, in the words of %s', (kernel) => {
  const cause = causeOf(rejectionIn(verifierLog(kernel, 'reject_return_range.says_two'), { type: 'cgroup_sock_addr' }));
  expect(cause).toMatchObject({ id: 'return-range', hint: 'Return a value in [0, 1].' });
  expect(cause?.explanation).toContain('can return 2, and has to return a value in [0, 1]');
});
