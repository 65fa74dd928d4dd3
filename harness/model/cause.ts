/**
 * What is behind a rejection, where the evidence says it beyond doubt. Closed: a new one needs a rule in
 * `verdict/causes*.ts`, a page `docs/rejections/<id>.md`, a small object and a row in the test that loads them all.
 */
export const causeIds = [
  'lsm-return-range',
  'unreleased-reference',
  'missing-null-check',
  'unbounded-access',
  'uninitialised-stack',
  'uninitialised-register',
  'unknown-helper',
  'helper-not-allowed',
  'unknown-kfunc',
  'missing-hook',
  'instruction-limit',
  'infinite-loop',
  'stack-limit',
  'core-relocation',
  'unknown-map-type',
  'refused-silently',
] as const;
export type CauseId = (typeof causeIds)[number];
