// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { type AgentEvent, decodeEvents, EventError } from '../../../../contracts/aegis/events.js';

const who = { pid: 12, ppid: 1, start_time: 123, comm: 'curl', cgid: 7 };
const connect = {
  type: 'net_connect_block',
  ...who,
  action: 'BLOCK',
  family: 'ipv4',
  protocol: 'tcp',
  direction: 'egress',
  remote_ip: '10.0.0.1',
  remote_port: 443,
  local_port: 0,
  rule_type: 'ip_port',
};
const file = { type: 'block', ...who, action: 'TERM', rule: 'inode', ino: 99, dev: 8_388_609 };
const exec = { type: 'exec', ...who, action: 'AUDIT', path: '/bin/sh' };
const state = { type: 'state_change', ...who, action: 'BLOCK', state: 'ENFORCE', reason: 'STARTUP' };

const lines = (...events: readonly object[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('');
const why = (event: object): string => {
  try {
    decodeEvents(lines(connect, event));
  } catch (error) {
    if (error instanceof EventError && error.line === 2) return error.message;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(event)}`);
};

describe('decodeEvents', () => {
  it('takes every type of the contract', () => {
    const events: AgentEvent[] = decodeEvents(lines(state, exec, connect, file));
    expect(events).toEqual([state, exec, connect, file]);
    expect(decodeEvents('')).toEqual([]);
  });

  it.each([
    ['net_bind_block', 'bind'],
    ['net_listen_block', 'listen'],
    ['net_accept_block', 'accept'],
    ['net_sendmsg_block', 'send'],
    ['net_recvmsg_block', 'recv'],
  ])('takes %s with direction %s and no other', (type, direction) => {
    expect(decodeEvents(lines({ ...connect, type, direction }))).toHaveLength(1);
    expect(why({ ...connect, type })).toContain('direction');
  });

  it.each([
    ['an unknown type', { ...connect, type: 'net_block' }, 'type'],
    ['a surplus field', { ...file, verdict: 'x' }, 'verdict'],
    ['a missing field', { ...connect, comm: undefined }, 'comm'],
    ['a boolean for a string', { ...connect, comm: true }, 'comm'],
    ['a string for a number', { ...connect, remote_port: '443' }, 'remote_port'],
    ['a port out of range', { ...connect, remote_port: 65_536 }, 'remote_port'],
    ['an unknown action', { ...connect, action: 'block' }, 'action'],
    ['an exec that blocked', { ...exec, action: 'BLOCK' }, 'action'],
    ['an address of another family', { ...connect, remote_ip: '::1' }, 'remote_ip is not of its family'],
    ['a mapped address', { ...connect, family: 'ipv6', remote_ip: '::ffff:10.0.0.1' }, 'reported as IPv4'],
    ['half an inode', { ...file, dev: undefined }, 'come together'],
    ['a file rule without a file', { ...file, dev: undefined, ino: undefined }, 'names a path or an inode'],
    ['a made-up state', { ...state, state: 'ENFORCING' }, 'state'],
    ['a number that JSON cannot carry', { ...file, ino: 2 ** 60 }, 'ino'],
  ])('refuses %s', (_, event, reason) => {
    expect(why(event)).toContain(reason);
  });

  it('refuses a cut line, a blank line and what is no JSON', () => {
    expect(() => decodeEvents(lines(connect) + JSON.stringify(exec))).toThrow('line 2: the line has no end');
    expect(() => decodeEvents(`\n${lines(connect)}`)).toThrow('line 1: not JSON');
    expect(() => decodeEvents('hello\n')).toThrow('not JSON');
  });
});
