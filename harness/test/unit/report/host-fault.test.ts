// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { hostFaultOf } from '../../../model/host-fault.js';
import { renderError } from '../../../report/errors.js';

const ofSystem = (code: string, syscall = 'open'): Error =>
  Object.assign(new Error(`${code}: as Node has it, ${syscall}`), { code, syscall });

describe('an error of a system call', () => {
  it.each(['ENOSPC', 'EFBIG', 'EROFS', 'EMFILE', 'EACCES', 'EDQUOT', 'ENOMEM', 'EIO', 'ENOTDIR'])(
    '%s is the fault of the host, with a next step',
    (code) => {
      const text = renderError(ofSystem(code), 'brief');
      expect(text).not.toContain('fault of bpf-matrix');
      expect(text).toContain(`${code}: as Node has it`);
      expect(text).toMatch(/\n {2}next: \S/);
    },
  );

  it('counts where another error has it as its cause', () => {
    expect(hostFaultOf(new Error('no log', { cause: ofSystem('ENOSPC') }))?.message).toMatch(/^the disk is full: /);
  });
});

it.each([
  ['a file that is missing', ofSystem('ENOENT')],
  ['a code without a system call', Object.assign(new Error('x'), { code: 'EACCES' })],
  ['a code that no table has', ofSystem('constructor')],
  ['an exception', new TypeError('x is not a function')],
  ['no error', 'text'],
])('%s is none of the host', (_, error) => {
  expect(hostFaultOf(error)).toBeNull();
  expect(renderError(error, 'brief')).toContain('this is a fault of bpf-matrix');
});
