// SPDX-License-Identifier: Apache-2.0
import { afterAll, expect, it, vi } from 'vitest';
import { loadLock } from '../../kernels/lock.js';
import { checkInputsInTurn, fuzzTimeout, seedFile } from './inputs.js';
import { mutatedJson } from './json-inputs.js';
import { isUsageErrorAbout, memoryFile } from './memory-file.js';

/** A lock file that was edited by hand or by a merge: it is a lock, or one error names the file. */

vi.mock('../../proc/regular-file.js', async (original) =>
  (await import('./memory-file.js')).withMemoryFile(await original()),
);
afterAll(() => vi.restoreAllMocks());

const seeds = ['lock.json', 'lock-newest.json'].map((name) => seedFile(name).toString());

it(
  'any lock',
  async () => {
    let locks = 0;
    await checkInputsInTurn(mutatedJson(seeds), async (text) => {
      memoryFile.text = text;
      try {
        const { kernels } = await loadLock(memoryFile.path);
        for (const entry of Object.values(kernels)) {
          if (entry !== null && !/^[0-9a-f]{64}$/.test(entry.artifacts[0]?.sha256 ?? '')) throw new Error('no hash');
        }
        locks++;
      } catch (error) {
        if (!isUsageErrorAbout(error, memoryFile.path)) throw error;
      }
    });
    expect(locks).toBeGreaterThan(0);
  },
  fuzzTimeout,
);
