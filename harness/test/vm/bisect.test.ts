// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { seriesOf } from '../../model/point-release.js';
import type { Bisection } from '../../verdict/bisect.js';
import { matrix, textOf, variant } from './matrix.js';

describe('bisect', () => {
  it('finds both flips of a ternary deny tail: lost after 6.1, back with 6.17', async () => {
    // Two releases of 6.16 and two of 6.17 stand between: each is an end of its series.
    const range = ['--from', '6.1.190', '--to', '6.17'];
    const run = await matrix(['bisect', variant('layout_ternary'), '--program', 'socket_connect', ...range]);
    expect([run.exitCode, run.stderr]).toEqual([1, '']);
    const bisection = JSON.parse(await textOf(run, 'bisect.json')) as Bisection;
    expect(bisection.flips).toMatchObject([
      { from: 'loads', to: 'VERIFIER_REJECTED', unknown: [] },
      { from: 'VERIFIER_REJECTED', to: 'loads', unknown: [] },
    ]);
    const sides = bisection.flips.map(({ between }) => between.map(seriesOf));
    expect(sides).toEqual([
      ['6.1', '6.12'],
      ['6.16', '6.17'],
    ]);
    for (const { between } of bisection.flips) {
      const [before = -2, after = -2] = between.map((id) => bisection.offered.indexOf(id));
      expect(after - before).toBe(1);
    }
    // No more are booted than that takes.
    expect(bisection.rows.length).toBeLessThan(bisection.offered.length);
    for (const text of [run.stdout, await textOf(run, 'bisect.md')]) {
      expect(text).toContain(`between ${bisection.flips[0]?.between.join(' and ') ?? ''}: loads -`);
      expect(text).toContain('lsm-return-range');
    }
    // Eight kernels are booted cold, and perhaps downloaded.
  }, 600_000);

  it.each([
    [['--program', 'nope'], 'name one of these: socket_connect'],
    [['--program', 'socket_connect', '--from', '6.17', '--to', '6.1'], 'swap the two'],
    [['--program', 'socket_connect', '--from', 'six'], '--from takes a kernel version'],
    [['--program', 'socket_connect', '--from', '6.2', '--to', '6.3'], 'offers no release from 6.2 to 6.3'],
    [[], "required option '-p, --program <name>'"],
  ])('%j is a usage error', async (args, message) => {
    const run = await matrix(['bisect', variant('layout_ternary'), ...args]);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(message);
  });
});
