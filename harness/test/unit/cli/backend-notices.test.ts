// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { backendNotices } from '../../../cli/backend.js';

it('says of virtme-ng what it exposes, and nothing of QEMU, which shares nothing', () => {
  expect(backendNotices({ kind: 'qemu' })).toEqual([]);
  const [notice, ...others] = backendNotices({ kind: 'virtme-ng', vng: 'vng', version: '1.35', wrapper: '/w' });
  expect(notice).toMatch(/shares the root of this host .* can read every file that you can/);
  expect(others).toEqual([]);
});
