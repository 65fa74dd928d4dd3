// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it, vi } from 'vitest';
import { readEventLines } from '../../../../contracts/aegis/event-lines.js';

const who = { pid: 12, ppid: 1, start_time: 123, comm: 'attempt', cgid: 7, action: 'BLOCK' };
const state = { type: 'state_change', ...who, state: 'ENFORCE', reason: 'STARTUP' };
const block = { type: 'block', ...who, ino: 99, dev: 8_388_609 };
const exec = { type: 'exec', ...who, action: 'AUDIT' };
const net = {
  type: 'net_connect_block',
  ...who,
  family: 'ipv4',
  protocol: 'tcp',
  direction: 'egress',
  remote_ip: '10.0.0.1',
  remote_port: 443,
  local_port: 0,
  rule_type: 'cidr',
};
const read = (...events: readonly object[]) => readEventLines(events.map((one) => JSON.stringify(one)));

describe('readEventLines', () => {
  it('takes every type of the contract, and fields beyond it', () => {
    const events = [state, block, exec, net, { ...block, team: 'theirs' }, { ...state, state: undefined }];
    expect(read(...events)).toMatchObject({ bad: [], events: { length: 6 } });
    expect(read()).toEqual({ events: [], bad: [] });
  });

  it.each([
    ['net_bind_block', 'bind'],
    ['net_listen_block', 'listen'],
    ['net_accept_block', 'accept'],
    ['net_sendmsg_block', 'send'],
    ['net_recvmsg_block', 'recv'],
  ])('takes %s with direction %s and no other', (type, direction) => {
    expect(read({ ...net, type, direction }).bad).toEqual([]);
    expect(read({ ...net, type }).bad[0]).toContain('direction');
  });

  it.each(Object.keys(net).filter((field) => field !== 'type'))('misses %s', (field) => {
    expect(read({ ...net, [field]: undefined }).bad).toHaveLength(1);
  });

  it.each([
    ['true for a string', { ...net, comm: true }],
    ['true for a rule', { ...net, rule_type: true }],
    ['text for a number', { ...block, ino: '99' }],
    ['a number that JSON cannot carry', { ...block, ino: 2 ** 60 }],
    ['a port out of range', { ...net, remote_port: 65_536 }],
    ['a negative pid', { ...exec, pid: -1 }],
    ['an address of another family', { ...net, remote_ip: '::1' }],
    ['an unknown action', { ...block, action: 'BLOCKED' }],
    ['an unknown type', { ...block, type: 'file_block' }],
    ['an unknown state', { ...state, state: 'ENFORCING' }],
  ])('finds %s, and keeps the event all the same', (_, event) => {
    const { events, bad } = read(block, event, net);
    expect(bad).toHaveLength(1);
    expect(events).toHaveLength(3);
  });

  it.each(['', 'hello', '{"type":"block"', '[]', '42', 'null', '"block"'])('takes %j for no event at all', (line) => {
    expect(readEventLines([line])).toEqual({ events: [], bad: [`not a JSON object: ${line}`] });
  });

  it('makes no error of each line that begins no object: a flood of them took 400 MiB', () => {
    const parse = vi.spyOn(JSON, 'parse');
    expect(readEventLines(['', 'text', '[1]', '\t7']).bad).toHaveLength(4);
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
    expect(readEventLines([' \t{"type":"other"}\r'])).toMatchObject({ events: [{ type: 'other' }] });
  });

  it('says what is wrong in one line, and not all of a long one', () => {
    const { bad } = readEventLines([`{"type":"block","comm":"${'x'.repeat(10_000)}"}`, 'y'.repeat(10_000)]);
    for (const one of bad) {
      expect(one).not.toContain('\n');
      expect(one.length).toBeLessThan(1_500);
    }
  });
});
