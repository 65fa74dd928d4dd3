// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { aegisEvents as reader } from '../../../contracts/aegis/event-reader.js';
import type { SocketOperation } from '../../../contracts/contract.js';
import type { EventPattern, RawEvent } from '../../../model/scenario-evidence.js';
import { netEvent } from '../../../scenarios/language.js';
import { judgeEvent, judgeSilence } from '../../../verdict/judge-event.js';
import { check, event, patternOf, refused, wordOf } from '../../fixtures/evidence.js';

const judged = (events: readonly RawEvent[], about: EventPattern = patternOf('BLOCK')) =>
  judgeEvent(check(refused, events, about), reader);
const word = (...args: Parameters<typeof judged>) => wordOf(judged(...args));

const without = (field: string): RawEvent =>
  Object.fromEntries(Object.entries(event()).filter(([key]) => key !== field));

describe('judgeEvent', () => {
  it('takes an event that says all of one alternative', () => {
    expect(word([event()])).toBe('pass');
    expect(word([event({ dev: undefined, ino: undefined, path: '/t/secret' })])).toBe('pass');
    expect(word([event({ more: 'than was asked' })])).toBe('pass');
  });

  it('misses an event that nobody reported', () => {
    expect(judged([])).toMatchObject({
      code: 'EVENT_MISSING',
      expected: 'block BLOCK path=/t/secret',
      actual: 'no event reports this process',
    });
  });

  it.each([
    ['another type', event({ type: 'net_connect_block' }), 'type is "net_connect_block"'],
    ['another action', event({ action: 'AUDIT' }), 'action is "AUDIT"'],
    ['no action', without('action'), 'action is missing'],
    ['another inode', event({ ino: 8 }), 'ino is 8'],
    ['half an inode', without('dev'), 'dev is missing'],
    ['a number as text', event({ ino: '7' }), 'ino is "7"'],
    ['true for a string', event({ action: true }), 'action is true'],
    ['halves of two alternatives', event({ dev: undefined, path: '/t/other' }), 'dev is missing'],
  ])('finds %s wrong, and says so', (_, wrong, words) => {
    expect(judged([wrong])).toMatchObject({ code: 'EVENT_WRONG', actual: words });
  });

  it('puts no event together from two', () => {
    expect(word([event({ ino: 8 }), event({ action: 'TERM' })])).toBe('EVENT_WRONG');
  });

  it('finds the right one among others, wherever it stands', () => {
    const other = event({ ino: 8 });
    for (const events of [
      [event(), other],
      [other, event()],
      [other, event(), other],
    ]) {
      expect(word(events)).toBe('pass');
    }
  });

  it.each(['AUDIT', 'BLOCK', 'TERM', 'INT', 'KILL'])('takes %s for itself alone', (action) => {
    for (const asked of ['AUDIT', 'BLOCK', 'TERM', 'INT', 'KILL']) {
      expect(word([event({ action })], patternOf(asked))).toBe(asked === action ? 'pass' : 'EVENT_WRONG');
    }
  });

  it('shows the nearest event, and not a hundred of them', () => {
    const events = Array.from({ length: 100 }, (_, n) =>
      event({ type: 'net_bind_block', ino: 1000 + n, action: 'INT' }),
    );
    const outcome = judged([...events, event({ ino: 8 })]);
    // One of another kind is wrong whatever stands beside it.
    expect(outcome).toMatchObject({ code: 'EVENT_WRONG' });
    expect(outcome.kind === 'fail' && outcome.actual).toContain('type is "net_bind_block"');
    expect(judged([event({ ino: 8 })])).toMatchObject({ actual: 'ino is 8' });
    expect(outcome.kind === 'fail' && outcome.evidence).toEqual([
      'type: expected "block", the event has "net_bind_block"',
      'action: expected "BLOCK", the event has "INT"',
      'ino: expected 7, the event has 1000',
      'and 100 more events',
    ]);
  });

  it('is not hidden by a right one beside it', () => {
    expect(wordOf(judged([event(), event({ action: 'AUDIT' })]))).toBe('EVENT_WRONG');
    expect(wordOf(judged([event({ action: 'KILL' }), event()]))).toBe('EVENT_WRONG');
    expect(wordOf(judged([event(), event()]))).toBe('pass');
  });

  it('takes nothing but silence where no event is expected', () => {
    expect(wordOf(judgeEvent(check(refused), reader))).toBe('pass');
    expect(wordOf(judgeEvent(check(refused, [event()]), reader))).toBe('EVENT_WRONG');
  });
});

describe('the pattern of a network event', () => {
  const fields = { family: 'ipv4', protocol: 'tcp', remote_ip: '127.0.0.2', remote_port: 80, rule_type: 'ip' } as const;
  const patternAt = (operation: SocketOperation, about: Parameters<typeof netEvent>[1]): EventPattern => {
    const found = reader.pattern({ about: netEvent(operation, about), action: 'BLOCK', comm: null }, () => ({
      dev: 0,
      ino: 0,
    }));
    if (found === null) throw new Error(`no event at ${operation}`);
    return found;
  };
  const connect = patternAt('connect', fields);
  const net = event({ type: 'net_connect_block', direction: 'egress', ...fields });

  it('holds when every field does', () => {
    expect(word([net], connect)).toBe('pass');
  });

  it.each([
    ['family', 'ipv6'],
    ['protocol', 'udp'],
    ['direction', 'send'],
    ['remote_ip', '::ffff:127.0.0.2'],
    ['remote_port', 20_480],
    ['rule_type', 'cidr'],
  ])('does not hold with another %s', (field, value) => {
    expect(word([{ ...net, [field]: value }], connect)).toBe('EVENT_WRONG');
  });

  it.each([
    ['connect', 'net_connect_block', 'egress'],
    ['bind', 'net_bind_block', 'bind'],
    ['listen', 'net_listen_block', 'listen'],
    ['accept', 'net_accept_block', 'accept'],
    ['sendmsg', 'net_sendmsg_block', 'send'],
    ['recvmsg', 'net_recvmsg_block', 'recv'],
  ] as const)('at %s is %s with the direction %s', (hook, type, direction) => {
    const always = { type, action: 'BLOCK' };
    expect(patternAt(hook, { rule_type: 'port' })).toEqual({ always, anyOf: [{ direction, rule_type: 'port' }] });
  });
});

describe('judgeSilence', () => {
  it('takes nothing but silence', () => {
    expect(wordOf(judgeSilence(check(refused), reader))).toBe('pass');
    expect(judgeSilence(check(refused, [event({ action: 'AUDIT' })]), reader)).toMatchObject({
      code: 'EVENT_WRONG',
      expected: 'no event',
      actual: 'reported as block AUDIT',
    });
  });
});
