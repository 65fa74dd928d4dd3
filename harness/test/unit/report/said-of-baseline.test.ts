// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { ManifestDiff } from '../../../model/manifest.js';
import { describeBaselineDiffs } from '../../../report/views/baseline.js';

const diff = (kernel: string, skipped: string | null): ManifestDiff => ({
  kernel,
  skipped,
  changes: [],
  updated: false,
});

it('says once why kernels were not compared', () => {
  const absent = 'the kernel could not be had';
  const diffs = [diff('6.12', null), diff('5.15', absent), diff('6.1', 'its machine broke'), diff('6.8', absent)];
  expect(describeBaselineDiffs(diffs)).toBe(
    `1 kernel compared, no change; not compared: 5.15, 6.8: ${absent}; not compared: 6.1: its machine broke`,
  );
  expect(describeBaselineDiffs(diffs.slice(1))).toBe(`nothing compared: 5.15, 6.8: ${absent}; 6.1: its machine broke`);
});
