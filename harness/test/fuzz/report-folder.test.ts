// SPDX-License-Identifier: Apache-2.0
import { afterAll, expect, it, vi } from 'vitest';
import { readJunit } from '../../results/junit-read.js';
import { readRunJson, renderRunJson } from '../../results/run-json.js';
import { allPass, rejectedOn612 } from '../fixtures/reports.js';
import { checkInputs, checkInputsInTurn, fewerRuns, fuzzTimeout, mutatedText, seedFile } from './inputs.js';
import { mutatedJson } from './json-inputs.js';
import { isUsageErrorAbout, memoryFile } from './memory-file.js';

/** Files of a report folder that somebody has edited, cut or merged: read as they were, or one error names the file. */

vi.mock('../../proc/regular-file.js', async (original) =>
  (await import('./memory-file.js')).withMemoryFile(await original()),
);
afterAll(() => vi.restoreAllMocks());

const reports = [allPass(), rejectedOn612()].map((report) => {
  const [kernel] = report.kernels;
  return renderRunJson({ ...report, kernels: kernel === undefined ? [] : [kernel] });
});

it(
  'any run.json',
  async () => {
    let read = 0;
    const property = async (text: string): Promise<void> => {
      memoryFile.text = text;
      try {
        // What can be read can be written.
        renderRunJson(await readRunJson(memoryFile.path));
        read++;
      } catch (error) {
        if (!isUsageErrorAbout(error, memoryFile.path)) throw error;
      }
    };
    await checkInputsInTurn(mutatedJson(reports), property, fewerRuns);
    expect(read).toBeGreaterThan(0);
  },
  fuzzTimeout,
);

it(
  'any JUnit file',
  () => {
    let read = 0;
    const property = (text: string): void => {
      try {
        readJunit(text, memoryFile.path);
        read++;
      } catch (error) {
        if (!isUsageErrorAbout(error, memoryFile.path)) throw error;
      }
    };
    checkInputs(mutatedText([seedFile('run.junit.xml').toString()]), property, fewerRuns);
    expect(read).toBeGreaterThan(0);
  },
  fuzzTimeout,
);
