// SPDX-License-Identifier: Apache-2.0
/**
 * What is behind a rejection, where the evidence says it beyond doubt. Closed: a new one needs a rule in
 * `verdict/causes*.ts`, a page `docs/rejections/<id>.md`, a small object and a row in the test that loads them all.
 */
export const causeIds = [
  'lsm-return-range',
  'return-range',
  'unreleased-reference',
  'missing-null-check',
  'null-on-path',
  'maybe-null-trusted',
  'number-as-pointer',
  'unbounded-access',
  'bound-on-copy',
  'uninitialised-stack',
  'uninitialised-register',
  'unknown-helper',
  'helper-not-allowed',
  'not-sleepable',
  'hook-not-sleepable',
  'unknown-kfunc',
  'missing-hook',
  'missing-struct-ops',
  'unknown-program-type',
  'instruction-limit',
  'infinite-loop',
  'stack-limit',
  'global-argument',
  'core-relocation',
  'unknown-map-type',
  'map-attributes',
  'missing-inner-map',
  'legacy-maps',
  'undefined-extern',
  'probe-target',
  'attach-target',
  'no-direct-calls',
  'refused-silently',
] as const;
export type CauseId = (typeof causeIds)[number];
