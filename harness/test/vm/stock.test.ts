// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from 'vitest';
import { type Finished, kernelOf, matrix, reportOf } from './matrix.js';

/** What teams boot is the distribution's generic kernel: its image, BTF and modules are larger than those of a cloud one. */
const kernels = ['6.1/generic', '6.12/generic', '7.2/generic'];

describe('a stock kernel in the memory that a guest has by default', () => {
  let run: Finished;
  beforeAll(async () => {
    run = await matrix(['--kernel', kernels.join(','), '--only', 'exec']);
  }, 420_000);

  it.each(kernels)('%s takes the whole object and proves the agent', async (id) => {
    const kernel = kernelOf(await reportOf(run), id);
    expect(kernel).toMatchObject({ status: 'ran', verdict: { kind: 'pass' }, identity: { lock: 'pending' } });
    if (kernel.status !== 'ran') throw new Error(kernel.detail);
    expect(kernel.facts.release).toMatch(/-amd64$/);
    expect(kernel.facts.release).not.toContain('cloud');
    // 256 MiB, less what the kernel keeps for itself.
    expect(kernel.facts.memory).toBeLessThan(256 * 2 ** 20);
    const programs = kernel.objects.flatMap((object) => object.programs);
    expect(programs.filter(({ load }) => load.kind === 'loaded')).toHaveLength(39);
    expect(kernel.scenarios.flatMap(({ checks }) => checks).length).toBeGreaterThan(20);
  });

  it('fails nothing because nobody could lock it yet, and says so', () => {
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('PENDING');
  });
});
