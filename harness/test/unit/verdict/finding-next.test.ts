// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { FailedCheck } from '../../../model/check.js';
import { nextStep } from '../../../verdict/finding-next.js';

const first: FailedCheck = {
  class: 'file',
  scenario: 'open(2) for reading',
  check: 'denied',
  environment: 'lsm',
  attempt: 'open /t/secret r',
  outcome: { kind: 'fail', code: 'ENFORCEMENT_LEAK', expected: 'EACCES', actual: 'succeeded', evidence: [] },
};
const root = {
  code: 'ENFORCEMENT_LEAK',
  subject: { kind: 'check' },
  hooks: [],
  rule: 'deny_path',
  shown: [],
  follows: [],
} as const;
const unknown = { kind: 'unknown', name: null } as const;

it('looks for the rule where nothing says that it matched', () => {
  const next = nextStep({ root, first, hook: null, program: unknown, eventClaim: null });
  expect(next).toMatch(/^look why no deny_path rule matched/);
});

it('looks at what the hook returns where the event says that it denied', () => {
  const next = nextStep({ root, first, hook: null, program: unknown, eventClaim: 'BLOCK' });
  expect(next).toBe('look what the hook of `open /t/secret r` returns where it reports BLOCK: it must return -EACCES');
});
