// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { compareDebVersions } from '../../../kernels/providers/apt/deb-version.js';
import { runProgram } from '../../../proc/run.js';

/** In ascending order. */
const ordered = [
  '5.15.0-100.110',
  '5.15.0-101.111',
  '6.1.9-1',
  '6.1.10-1',
  '6.1.192-1~bpo11+1',
  '6.1.192-1',
  '6.1.192-2',
  '6.12.43-1~bpo12+1',
  '6.12.115-2~deb12u1',
  '6.12.115-2',
  '7.2.12-1~bpo13+1',
  '7.3~rc7-1~exp1',
  '7.3~rc10-1~exp1',
  '7.3-1',
  '7.3a-1',
  '7.3+b-1',
  '7.3.4-1~bpo13+1',
  '1:1.0-1',
  '1:1.00000000000000000000000000000000002-1',
];

describe('compareDebVersions', () => {
  test('orders as the archive does', () => {
    expect([...ordered].reverse().sort(compareDebVersions)).toEqual(ordered);
  });

  test('agrees with dpkg on every pair', async () => {
    const pairs = ordered.flatMap((a) => ordered.map((b) => [a, b] as const));
    const script = pairs.map(([a, b]) => `dpkg --compare-versions '${a}' lt '${b}' && echo lt || echo ge`).join('\n');
    const { stdout } = await runProgram('sh', ['-c', script]);
    const mine = pairs.map(([a, b]) => (compareDebVersions(a, b) < 0 ? 'lt' : 'ge'));
    expect(mine).toEqual(stdout.trim().split('\n'));
  });
});
