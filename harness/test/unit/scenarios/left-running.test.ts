// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { StartRequest } from '../../../contracts/proof.js';
import { isSameStart, lifeUntil } from '../../../scenarios/left-running.js';

const start: StartRequest = { options: { mode: 'enforce', signal: 'term' }, policy: 'version=1\n' };

describe('two starts', () => {
  it.each<[string, StartRequest]>([
    ['options in another order', { ...start, options: { signal: 'term', mode: 'enforce' } }],
    ['an environment without variables', { ...start, env: {} }],
  ])('are the same with %s', (_, other) => {
    expect(isSameStart(start, other)).toBe(true);
  });

  it.each<[string, StartRequest]>([
    ['another command line', { ...start, options: { mode: 'enforce', signal: 'int' } }],
    ['one option more', { ...start, options: { ...start.options, gate: 'audit-fallback' } }],
    ['another policy', { ...start, policy: 'version=2\n' }],
    ['no policy', { ...start, policy: null }],
    ['another environment', { ...start, env: { AEGIS_BTF_VMLINUX_PATH: '/probe/btf' } }],
  ])('are not the same with %s', (_, other) => {
    expect(isSameStart(start, other)).toBe(false);
  });

  it('are not the same where one takes over: the other would be ended by it', () => {
    const second = { ...start, more: ['--takeover'] };
    expect(isSameStart(start, second)).toBe(false);
    expect(isSameStart(second, second)).toBe(false);
  });
});

describe('how an agent lived that was stopped', () => {
  const ended = { kind: 'ended', end: 'signal 11', output: ['it crashed'] } as const;

  it('is well where it was there to be stopped', () => {
    expect(lifeUntil({ kind: 'stopped' }, {})).toEqual({ kind: 'running' });
  });

  it('says where it stood when it ended, and how long it did not listen', () => {
    const last = { reported: null, next: null };
    expect(lifeUntil(ended, { last })).toEqual({ ...ended, last });
    expect(lifeUntil(ended, {})).toEqual(ended);
    expect(lifeUntil({ kind: 'hung', ms: 10_000 }, {})).toEqual({ kind: 'hung', ms: 10_000 });
  });
});
