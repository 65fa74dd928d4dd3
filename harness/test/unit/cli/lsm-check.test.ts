// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withKnownLsms } from '../../../cli/lsm-check.js';
import type { KernelResolution } from '../../../model/kernel.js';
import type { KernelRequest } from '../../../run/matrix.js';
import { identityOf } from '../../fixtures/report-parts.js';

let config: string;
beforeAll(async () => {
  config = join(await mkdtemp(join(tmpdir(), 'bm-lsm-')), 'config');
  await writeFile(config, 'CONFIG_SECURITY_TOMOYO=y\n');
});
afterAll(() => rm(join(config, '..'), { recursive: true }));

function request(): { readonly asked: () => number; readonly one: KernelRequest } {
  let asked = 0;
  const files = { image: '/none', modules: null, config };
  const kernel: KernelResolution = { status: 'ready', identity: identityOf('6.1', '6.1.0-test'), files };
  const resolve = (): Promise<KernelResolution> => {
    asked++;
    return Promise.resolve(kernel);
  };
  return { asked: () => asked, one: { id: '6.1', source: 'debian', resolve } };
}

const cli = { stderr: process.stderr };

it('a list that stock kernels have asks no kernel for anything', async () => {
  const { asked, one } = request();
  expect(await withKnownLsms('landlock,bpf', [one], cli)).toEqual([one]);
  expect(await withKnownLsms(undefined, [one], cli)).toEqual([one]);
  expect(asked()).toBe(0);
});

it('a name that no kernel knows is an error before anything boots, with the names that are near', async () => {
  await expect(withKnownLsms('bpf,tomoio', [request().one], cli)).rejects.toMatchObject({
    name: 'UsageError',
    exitCode: 2,
    message: '--lsm: no kernel of this run knows tomoio',
    next: 'did you mean tomoyo',
  });
});

it('a name that one knows is none, and that kernel is not got hold of twice', async () => {
  const { asked, one } = request();
  const [early] = await withKnownLsms('tomoyo', [one], cli);
  await early?.resolve(() => undefined);
  expect(asked()).toBe(1);
});

it('kernels that cannot be had say nothing of it', async () => {
  const none = { ...request().one, resolve: () => Promise.reject(new Error('away')) };
  expect(await withKnownLsms('nothere', [none], cli)).toHaveLength(1);
});
