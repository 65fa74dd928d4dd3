// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { kernelIdOf, kernelName, kernelTarget } from '../../model/kernel-name.js';
import { hasTracepoint, hostTarget, machineTitle, targetNamed, unnamedTarget } from '../../target.js';

it('a machine is called by its row, or as one that a wrong file is often for', () => {
  expect(machineTitle(hostTarget.elfMachine)).toBe(hostTarget.title);
  expect([247, 183, 9].map(machineTitle)).toEqual(['BPF', 'AArch64', 'machine 9']);
});

it('a tracepoint is there unless the architecture lacks the call', () => {
  const lacking = { missingSyscalls: ['open', 'creat'] };
  const names = ['sys_enter_open', 'sys_exit_creat', 'sys_enter_openat', 'sys_enter_connect'];
  expect(names.filter((name) => hasTracepoint(name, lacking))).toEqual(['sys_enter_openat', 'sys_enter_connect']);
  expect(names.every((name) => hasTracepoint(name, unnamedTarget))).toBe(true);
});

it.each([
  ['6.12', 'x86_64', '6.12'],
  ['6.12/amd64', 'x86_64', '6.12'],
  ['6.12/aarch64', 'arm64', '6.12/arm64'],
  ['6.12/arm64/rt', 'arm64', '6.12/arm64/rt'],
  ['6.8/aws', 'x86_64', '6.8/aws'],
])('%s is for %s, and called %s', (text, architecture, id) => {
  const name = kernelName(text);
  expect(name).not.toBeTypeOf('string');
  expect(kernelIdOf(name as Exclude<typeof name, string>)).toBe(id);
  expect(kernelTarget(text)).toBe(targetNamed(architecture));
});
