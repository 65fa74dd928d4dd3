// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { InfraError, UsageError } from '../../../model/errors.js';
import { renderError } from '../../../report/errors.js';

describe('an error on stderr', () => {
  it('says what is wrong and what to do next', () => {
    const error = new UsageError({ message: 'no kernel 6.99', next: 'bpf-matrix kernels list shows them' });
    expect(renderError(error, 'brief')).toBe('error: no kernel 6.99\n  next: bpf-matrix kernels list shows them\n');
  });

  it('keeps its causes for --debug', () => {
    const cause = new Error('ENOENT', { cause: 'a string' });
    const error = new InfraError('HARNESS', { message: 'no disk', cause });
    expect(renderError(error, 'brief')).toBe('error: no disk\n');
    const text = renderError(error, 'debug');
    expect(text).toContain('  caused by: Error: ENOENT\n');
    expect(text).toContain('  caused by: a string\n');
    expect(text).toMatch(/at .*errors\.test\.ts/);
  });

  it('nobody expected is a fault of the harness', () => {
    const text = renderError(new TypeError('x is undefined'), 'brief');
    expect(text).toMatch(/^error: TypeError: x is undefined\n {2}next: .*--debug/);
    expect(renderError(new TypeError('x is undefined'), 'debug')).not.toContain('run again with --debug');
  });

  it.each([undefined, null, 'text', 7, new Error('')])('shows %j, thrown, without breaking', (thrown) => {
    expect(renderError(thrown, 'debug')).toMatch(/^error: .+\n/);
  });

  it('ends for a cause that points at itself, and shows all of an aggregate', () => {
    const error = new Error('round');
    error.cause = error;
    expect(renderError(error, 'debug').split('caused by').length).toBeLessThan(15);
    const many = new AggregateError([new Error('one'), new Error('two')], 'teardown failed');
    expect(renderError(many, 'debug')).toMatch(/with: Error: one\n {2}with: Error: two/);
  });

  it('indents further lines, so that a block stays a block', () => {
    expect(renderError(new UsageError({ message: 'a\nb' }), 'brief')).toBe('error: a\n    b\n');
  });
});
