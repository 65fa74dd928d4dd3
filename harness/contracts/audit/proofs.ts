// SPDX-License-Identifier: Apache-2.0
import type { Expected } from '../../model/scenario-evidence.js';
import type { Proof } from '../proof.js';
import type { AuditState } from './states.js';

const succeeds: Expected = { kind: 'returned', errno: 0 };
const observing: AuditState = 'OBSERVING';
const skipped: AuditState = 'SKIPPED';

/** A page: it has no room for fourteen records of an open. */
const smallRing = '4096';
/** Room for fourteen thousand. */
const largeRing = '4194304';

/** What is proved where `bpf` is in the LSM list. */
export const observingProofs: readonly Proof[] = [
  { kind: 'controls', class: 'each', phase: 'controls', folder: 'free', attempts: 'observed', ownRules: [] },
  {
    kind: 'attempts',
    class: 'each',
    attempts: 'observed',
    ownRules: [],
    controls: 'free',
    observing: {
      phase: 'observe',
      folder: 'observe',
      options: {},
      state: observing,
      action: 'reported',
      neighbours: true,
    },
    enforcing: null,
    label: null,
    neighbourEvents: [],
    calls: true,
  },
  {
    kind: 'full-ring',
    class: 'file',
    scenario: 'the ring buffer is full',
    options: { ring: smallRing },
    hook: 'file_open',
    files: 60,
  },
  {
    kind: 'many-opens',
    class: 'file',
    scenario: '10 000 opens, and a memory of 1 024',
    options: { ring: largeRing, remember: '1024' },
    hook: 'file_open',
    files: 10_000,
  },
  {
    kind: 'records',
    class: 'records',
    scenario: 'records hold what was written for them',
    options: { ring: smallRing },
    records: 'observations',
  },
  { kind: 'returns', class: 'posture', scenario: 'what comes in goes out', options: {} },
];

/** And where it is not: the agent does not pretend. */
export const skippingProofs: readonly Proof[] = [
  {
    kind: 'posture',
    class: 'posture',
    row: {
      name: 'bpf is not in the LSM list',
      options: {},
      state: skipped,
      attempt: succeeds,
      orElse: null,
      rules: {},
      malformed: false,
    },
  },
];
