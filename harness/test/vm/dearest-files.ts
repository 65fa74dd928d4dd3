// SPDX-License-Identifier: Apache-2.0
/** Files of tests that take longest and start first, as `scripts/test --times` measures them (docs/testing.md). */
export const dearestFiles: readonly string[] = [
  'stand-ins',
  'snapshots',
  'matrix',
  'agent-posture',
  'faults',
  'baseline',
  'agent-enforce',
];
