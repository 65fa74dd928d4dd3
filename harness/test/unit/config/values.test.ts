// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from 'node:os';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { conventions } from '../../../contracts/registry.js';
import { readConfig } from '../../../config/file.js';
import { parseDuration, parseJobs, parseKernelImage, parseLsm } from '../../../config/values.js';
import { UsageError } from '../../../model/errors.js';

describe('command line values', () => {
  it.each([
    ['90', 90_000],
    ['1.5s', 1500],
    ['3m', 180_000],
    ['500ms', 500],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration('--timeout', text)).toBe(ms);
  });

  it.each(['', '0', '-5', '5h', 'soon', '1 s', 'Infinity', '99999999m'])('refuses the time %j', (text) => {
    expect(() => parseDuration('--timeout', text)).toThrow(/--timeout takes a time above 0/);
  });

  it('takes every core unless told, and refuses jobs that are none', () => {
    expect(parseJobs('--jobs', undefined)).toBe(Math.ceil(availableParallelism() * 1.5));
    expect(parseJobs('--jobs', '3')).toBe(3);
    for (const text of ['0', '-1', '1.5', 'many', '']) expect(() => parseJobs('--jobs', text)).toThrow(UsageError);
  });

  it('reads kernel images', () => {
    expect(parseKernelImage('-i', '5.15=a/bzImage')).toEqual({ id: '5.15', image: 'a/bzImage', modules: null });
    expect(parseKernelImage('-i', 'x=k,modules=m')).toEqual({ id: 'x', image: 'k', modules: 'm' });
    for (const text of ['k', '=k', 'x=', 'x=k,module=m', 'x=k,modules=', 'x y=k']) {
      expect(() => parseKernelImage('-i', text)).toThrow(/ takes ID\[\/ARCHITECTURE\]=FILE\[,/);
    }
  });

  it('reads LSM lists', () => {
    expect(parseLsm('--lsm', 'yama,bpf')).toEqual(['yama', 'bpf']);
    expect(parseLsm('--lsm', '')).toEqual([]);
    expect(() => parseLsm('--lsm', 'yama bpf')).toThrow(/yama bpf/);
  });
});

describe('readConfig', () => {
  const read = async (text: string): Promise<unknown> => {
    const folder = await mkdtemp(join(tmpdir(), 'config-test-'));
    const file = join(folder, 'matrix.config.json');
    await writeFile(file, text);
    return readConfig(file, conventions).finally(() => rm(folder, { recursive: true }));
  };

  it('is content without a file, but not without the one that was named', async () => {
    expect(await readConfig(null, conventions)).toEqual({ notices: [] });
    await expect(readConfig('no/such.json', conventions)).rejects.toThrow(/no\/such.json cannot be read/);
  });

  it.each([
    ['{', /matrix.config.json is not JSON/],
    ['{"archive": {}}', /archive/],
    ['{"archives": {"ubuntuArchive": "ftp//x"}}', /archives.ubuntuArchive: an archive URI/],
    ['{"archives": {"ubuntuKeyring": 3}}', /archives.ubuntuKeyring/],
  ])('locates what is wrong in %s', async (text, words) => {
    await expect(read(text)).rejects.toThrow(words);
  });
});
