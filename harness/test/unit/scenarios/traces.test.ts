// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { denialClasses } from '../../../scenarios/classes/index.js';
import { contradictionsOf, type Surroundings, type TracedAttempt, traceOf } from '../../../scenarios/traces.js';
import { unnamedTarget } from '../../../target.js';

const returned = (errno: number) => ({ kind: 'returned', errno }) as const;
const seen = (files: Record<string, number | null>, received: Record<string, number> = {}): Surroundings => ({
  files: new Map(Object.entries(files)),
  received: new Map(Object.entries(received)),
});
const denied = (...operation: readonly [string, ...string[]]): TracedAttempt => ({
  trace: traceOf(operation),
  outcome: returned(1),
});
const done = (...operation: readonly [string, ...string[]]): TracedAttempt => ({
  trace: traceOf(operation),
  outcome: returned(0),
});

describe('a trace', () => {
  it.each([
    [['unlink', '/a'], { kind: 'gone', path: '/a' }],
    [['rename', '/a', '/b'], { kind: 'gone', path: '/a' }],
    [['link', '/a', '/b'], { kind: 'made', path: '/b' }],
    [['truncate', '/a'], { kind: 'emptied', path: '/a' }],
    [['creat', '/a'], { kind: 'emptied', path: '/a' }],
    [['open', '/a', 'wt'], { kind: 'emptied', path: '/a' }],
    [['connect', '::ffff:127.0.0.2', '80', 'tcp'], { kind: 'received', at: 'tcp 127.0.0.2 80' }],
    [['connect-length', '127.0.0.1', '80', '28'], { kind: 'received', at: 'tcp 127.0.0.1 80' }],
    [['uring-connect', '127.0.0.5', '80'], { kind: 'received', at: 'tcp 127.0.0.5 80' }],
    [['sendto', 'fd00:1::2', '80'], { kind: 'received', at: 'udp fd00:1::2 80' }],
    [['sendto-unspec', '127.0.0.5', '80'], { kind: 'received', at: 'udp 127.0.0.5 80' }],
    [['open', '/a', 'r'], null],
    [['connect', '127.0.0.2', '80', 'udp'], null],
    [['ptrace'], null],
  ] as const)('of %j is %j', (operation, trace) => {
    expect(traceOf(operation)).toEqual(trace);
  });

  it('is left by a good part of what is denied', () => {
    const all = denialClasses.flatMap((one) => one.in('/t', unnamedTarget).scenarios);
    const traced = all.filter(({ kind, attempt }) => kind === 'denied' && traceOf(attempt.operation) !== null);
    expect(traced.length).toBeGreaterThan(25);
  });
});

describe('an attempt that was denied', () => {
  it.each([
    ['its file is gone', denied('unlink', '/a'), seen({ '/a': 5 }), seen({ '/a': null }), '/a is gone'],
    ['its file is there', denied('link', '/a', '/b'), seen({ '/b': null }), seen({ '/b': 5 }), '/b is there'],
    ['its file is empty', denied('truncate', '/a'), seen({ '/a': 5 }), seen({ '/a': 0 }), '/a is empty'],
  ])('is contradicted where %s', (_, attempt, before, after, actual) => {
    expect(contradictionsOf([attempt], before, after)).toEqual([actual]);
    expect(contradictionsOf([attempt], before, before)).toEqual([null]);
    expect(contradictionsOf([attempt], after, after)).toEqual([null]);
    expect(contradictionsOf([attempt], seen({}), seen({}))).toEqual([null]);
  });

  it('is not, where another that succeeded has left the trace', () => {
    const files = [seen({ '/a': 5 }), seen({ '/a': 0 })] as const;
    expect(contradictionsOf([denied('truncate', '/a'), done('creat', '/a')], ...files)).toEqual([null, null]);
    expect(contradictionsOf([denied('truncate', '/a'), done('creat', '/b')], ...files)).toEqual(['/a is empty', null]);
  });

  it('is contradicted by more at the server than got through', () => {
    const connect = ['connect', '127.0.0.2', '80', 'tcp'] as const;
    const at = 'tcp 127.0.0.2 80';
    const [before, one, two] = [seen({}, { [at]: 3 }), seen({}, { [at]: 4 }), seen({}, { [at]: 5 })];
    expect(contradictionsOf([denied(...connect)], before, one)).toEqual([expect.stringContaining('got 1 of tcp')]);
    expect(contradictionsOf([denied(...connect), done(...connect)], before, one)).toEqual([null, null]);
    expect(contradictionsOf([denied(...connect), done(...connect)], before, two)[0]).toContain('got 2');
  });

  it('is no other than refused: one that was ended by a signal may have happened', () => {
    const signalled: TracedAttempt = { ...denied('unlink', '/a'), outcome: { kind: 'signalled', signal: 15 } };
    expect(contradictionsOf([signalled], seen({ '/a': 5 }), seen({ '/a': null }))).toEqual([null]);
  });
});
