import { defineConfig } from 'vitest/config';

/** A test in which nothing was asserted has proved nothing: it fails, a loop over an empty list included. */
const expect = { requireAssertions: true };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          expect,
          include: ['harness/test/unit/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'vm',
          expect,
          include: ['harness/test/vm/**/*.test.ts'],
          globalSetup: ['harness/test/vm/global-setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: true,
          maxWorkers: 2,
        },
      },
    ],
  },
});
