import { defineConfig } from 'vitest/config';

/** A test in which nothing was asserted has proved nothing: it fails, a loop over an empty list included. */
const expect = { requireAssertions: true };

/** Only where somebody asks what a file costs. */
const setupFiles = process.env['BPF_MATRIX_TEST_TIMES'] === undefined ? [] : ['harness/test/times.ts'];

export default defineConfig({
  test: {
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
          name: 'vm',
          expect,
          include: ['harness/test/vm/**/*.test.ts'],
          globalSetup: ['harness/test/vm/global-setup.ts'],
          setupFiles,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: true,
          maxWorkers: 2,
        },
      },
    ],
  },
});
