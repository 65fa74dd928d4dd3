// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { hasTracepoint, machineTitle, target } from '../../target.js';

it('a machine is called by its row, or as one that a wrong file is often for', () => {
  expect(machineTitle(target.elfMachine)).toBe(target.title);
  expect([247, 183, 9].map(machineTitle)).toEqual(['BPF', 'AArch64', 'machine 9']);
});

it('a tracepoint is there unless the architecture lacks the call', () => {
  const lacking = { missingSyscalls: ['open', 'creat'] };
  const names = ['sys_enter_open', 'sys_exit_creat', 'sys_enter_openat', 'sys_enter_connect'];
  expect(names.filter((name) => hasTracepoint(name, lacking))).toEqual(['sys_enter_openat', 'sys_enter_connect']);
  expect(names.every((name) => hasTracepoint(name))).toBe(target.missingSyscalls.length === 0);
});
