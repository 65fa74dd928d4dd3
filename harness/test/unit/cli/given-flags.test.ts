// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { givenFlags } from '../../../cli/given-flags.js';

it('takes what says what is tested, and no filter, default or place of a report', () => {
  const flags = {
    kernel: ['6.12'],
    only: ['file'],
    scenario: ['*x*'],
    out: 'reports/latest',
    memory: '256',
    backend: 'qemu',
    config: 'my config.json',
    object: ['a.bpf.o', 'b.bpf.o'],
    withoutCapability: ['perfmon'],
  };
  expect(givenFlags(flags)).toEqual([
    "--config 'my config.json'",
    '--object a.bpf.o',
    '--object b.bpf.o',
    '--without-capability perfmon',
  ]);
  expect(givenFlags({ memory: '1024', lsm: 'yama,bpf' })).toEqual(['--lsm yama,bpf', '--memory 1024']);
});
