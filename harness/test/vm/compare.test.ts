// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../verdict/compare.js';
import { matrix, textOf, variant } from './matrix.js';

const range = 'At program exit the register R0 has unknown scalar value should have been in [-4095, 0]';

describe('compare', () => {
  it('finds that a ternary deny tail is lost on 6.12 alone, and shows the line', async () => {
    const objects = [variant('layout_barrier'), variant('layout_ternary')];
    const run = await matrix(['compare', '--kernel', '6.1,6.12,6.17', ...objects]);
    expect([run.exitCode, run.stderr]).toEqual([1, '']);
    const comparison = JSON.parse(await textOf(run, 'compare.json')) as Comparison;
    expect(comparison).toMatchObject({ outcome: 'lost', exitCode: 1 });
    const lost = comparison.kernels.map((kernel) => [
      kernel.id,
      kernel.status === 'compared' ? kernel.differences.flatMap((difference) => difference.lost) : kernel.code,
    ]);
    expect(lost).toMatchObject([
      ['6.1', []],
      ['6.12', [{ programs: { length: 7 }, reason: { cause: 'lsm-return-range', decidingLine: range } }]],
      ['6.17', []],
    ]);
    for (const text of [run.stdout, await textOf(run, 'compare.md')]) {
      expect(text).toContain('return deny_tail(is_denied(HOOK_CONNECT));');
      expect(text).toMatch(/bpf\/variants\/layout_programs\.bpf\.h:\d+/);
      expect(text).toContain('are lost on 6.12');
    }
  });

  it('says a usage error before anything boots', async () => {
    const run = await matrix(['compare', variant('layout_barrier')]);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('two objects or more');
  });
});
