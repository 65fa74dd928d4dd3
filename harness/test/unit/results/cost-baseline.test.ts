// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RanKernel, RunReport } from '../../../model/report.js';
import { readKernelCosts, writeKernelCosts } from '../../../results/cost-baseline.js';
import { blamedPlaces, costsOf, withBlame } from '../../../verdict/known-costs.js';
import { withCosts } from '../../fixtures/costs.js';
import { allPass } from '../../fixtures/reports.js';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'cost-baseline-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const kernelOf = (report: RunReport, id: string) =>
  report.kernels.find((kernel): kernel is RanKernel => kernel.status === 'ran' && kernel.id === id)!;
const counted = withCosts(allPass());
const costs = costsOf(kernelOf(counted, '6.12'))!;

describe('the lines of a baseline', () => {
  it('are read as they were written, a line a program', async () => {
    await writeKernelCosts(folder, costs);
    expect(await readKernelCosts(folder)).toEqual([costs]);
    expect((await readFile(join(folder, 'costs/6.12.json'), 'utf8')).trim().split('\n')).toHaveLength(4);
  });

  it('are none where there is no folder of them', async () => {
    expect(await readKernelCosts(folder)).toEqual([]);
  });

  it.each([
    ['not JSON', '{'],
    ['programs', '{"schema":1,"kernel":"6.12"}'],
    ['insns', JSON.stringify({ ...costs, programs: [{ ...costs.programs[0], insns: -1 }] })],
  ])('that are damaged are an error with file, place and next step: %s', async (place, text) => {
    await writeKernelCosts(folder, costs);
    await writeFile(join(folder, 'costs/6.12.json'), text);
    await expect(readKernelCosts(folder)).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`costs/6\\.12\\.json: .*${place}`)) as unknown,
      next: expect.stringContaining('--update') as unknown,
    });
  });

  it.each([
    ['costs/6.12.json', 'cannot be read (it is a folder, not a file)'],
    ['costs', 'the baseline cannot be read (ENOTDIR)'],
  ])('that cannot be read are an error of the same kind: %s', async (place, why) => {
    const path = join(folder, place);
    if (place.endsWith('.json')) await mkdir(path, { recursive: true });
    else await writeFile(path, '');
    const message = `${path}: ${why}`;
    const next = expect.stringMatching(/--(update|baseline)/) as unknown;
    await expect(readKernelCosts(folder)).rejects.toMatchObject({ name: 'UsageError', message, next });
  });

  it('are in none of the hidden files beside them', async () => {
    await writeKernelCosts(folder, costs);
    await writeFile(join(folder, 'costs/.6.12.json'), 'of an editor');
    expect(await readKernelCosts(folder)).toEqual([costs]);
  });

  it('are those of programs that were counted to the instruction', () => {
    expect(costs.programs.map(({ program, insns }) => [program, insns])).toEqual([
      ['socket_connect', 723],
      [expect.any(String), 423],
    ]);
    const off = withCosts(allPass(), (cost) => ({ ...cost, insns: cost.counted + 1 }));
    expect(costsOf(kernelOf(off, '6.12'))).toBeNull();
    expect(costsOf(kernelOf(allPass(), '6.12'))).toBeNull();
  });
});

describe('a regression', () => {
  const item = 'aegis/socket_connect, insns';
  const change = { kind: 'VERIFIER_REGRESSION', item, before: '603', now: '723' } as const;
  const diff = { kernel: '6.12', skipped: null, updated: false, changes: [change] };
  const before = [{ ...costsOf(kernelOf(counted, '6.1'))!, kernel: '6.12' }];

  it('is put down to the line that grew most, of what the baseline has of its kernel', () => {
    const [blamed] = withBlame(counted, [diff], before);
    expect(blamed?.changes[0]?.blame).toMatchObject({ before: 603, now: 723, exact: true });
    expect(blamed && blamedPlaces(blamed)).toMatchObject([
      { kernel: '6.12', item: 'aegis/socket_connect', file: 'bpf/aegis/net.bpf.h', line: 42, before: 400, now: 480 },
    ]);
  });

  it('is put down to no line without lines, then or now, and not in states', () => {
    expect(withBlame(counted, [diff], [])).toEqual([diff]);
    expect(withBlame(allPass(), [diff], before)).toEqual([diff]);
    const older = { ...diff, changes: [{ ...change, before: '602' }] };
    expect(withBlame(counted, [older], before)).toEqual([older]);
    const states = { ...diff, changes: [{ ...change, item: 'aegis/socket_connect, states' }] };
    expect(withBlame(counted, [states], before)).toEqual([states]);
    expect(blamedPlaces(diff)).toEqual([]);
  });
});
