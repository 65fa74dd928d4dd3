// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { reuseMode } from '../../../cli/fresh.js';
import { UsageError } from '../../../model/errors.js';

const fresh = 'BPF_MATRIX_FRESH';

it.each([
  [undefined, {}, 'use'],
  [undefined, { [fresh]: '0' }, 'use'],
  [undefined, { [fresh]: '1' }, 'renew'],
  [true, {}, 'renew'],
  ['ptrace', {}, new Set(['ptrace'])],
  // What the command line says goes before what the environment says.
  ['exec, file', { [fresh]: '1' }, new Set(['file', 'exec'])],
] as const)('--fresh %s, %j: %j', (flag, env, mode) => {
  expect(reuseMode(flag === undefined ? {} : { fresh: flag }, env)).toEqual(mode);
});

it.each([
  ['ptrase', "not 'ptrase'"],
  ['', "not ''"],
  // These have no attempts of their own that could be made alone.
  ['restart', "--fresh takes file, exec, ptrace, module, bpf, network, bypass, posture, or nothing, not 'restart'"],
  ['file,load', "not 'load'"],
])('--fresh %s is refused: nothing of it could be asked alone', (flag, words) => {
  expect(() => reuseMode({ fresh: flag }, {})).toThrow(UsageError);
  expect(() => reuseMode({ fresh: flag }, {})).toThrow(words);
});
