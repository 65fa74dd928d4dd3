// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './harness/test/vm/longest-first.js';

/** A test in which nothing was asserted has proved nothing: it fails, a loop over an empty list included. */
const expect = { requireAssertions: true };

/** Only where somebody asks what a file costs. */
const setupFiles = process.env['BPF_MATRIX_TEST_TIMES'] === undefined ? [] : ['harness/test/times.ts'];

/** One more than there are processors: an agent that is stopped waits for three seconds and computes for 0.3. */
const machines = Math.min(availableParallelism() + 1, 6);

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          expect,
          include: ['harness/test/unit/**/*.test.ts'],
          setupFiles,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'fuzz',
          expect,
          include: ['harness/test/fuzz/**/*.test.ts'],
        },
      },
      {
        test: {
          name: 'browser',
          expect,
          include: ['harness/test/browser/**/*.test.ts'],
          globalSetup: ['harness/test/browser/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'vm',
          expect,
          include: ['harness/test/vm/**/*.test.ts'],
          globalSetup: ['harness/test/vm/global-setup.ts'],
          // What another test has been answered is no answer here; harness/test/vm/reuse.test.ts asks for it.
          env: { BPF_MATRIX_FRESH: '1' },
          setupFiles,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: true,
          maxWorkers: machines,
        },
      },
    ],
  },
});
