// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { defaultContract as contract } from '../../../contracts/registry.js';
import { event } from '../../fixtures/evidence.js';

const net = {
  type: 'net_connect_block',
  family: 'ipv4',
  protocol: 'tcp',
  direction: 'egress',
  remote_ip: '10.0.0.1',
  remote_port: 1,
  local_port: 0,
  rule_type: 'ip',
};

it('takes the events of these tests', () => {
  expect(contract.events.read([event(), event(net)].map((one) => JSON.stringify(one))).bad).toEqual([]);
});

it.each([
  [{ pid: undefined }, 'pid is missing'],
  [{ pid: '40' }, 'pid is "40", not a number'],
  [{ pid: 1.5 }, 'pid is 1.5, not a whole number'],
  [{ cgid: 0 }, 'cgid is 0, not above 0'],
  [{ ppid: -1 }, 'ppid is -1, below 0'],
  [{ action: 'STOP' }, 'action is "STOP", none of AUDIT, BLOCK, TERM, INT, KILL'],
  [{ comm: ['a'] }, 'comm is a list, not a string'],
  [{ type: 'kernel_ptrace_block' }, 'type is "kernel_ptrace_block", which the contract does not have'],
  [{ type: undefined }, 'type is missing'],
  [{ ...net, remote_port: 70_000 }, 'remote_port is 70000, above 65535'],
  [{ ...net, remote_ip: '::1' }, 'remote_ip is not of its family'],
  [{ pid: undefined, comm: 3 }, 'pid is missing; comm is 3, not a string'],
])('says in a sentence what is wrong with %j', (wrong, said) => {
  const line = JSON.stringify(event(wrong));
  expect(contract.events.read([line]).bad).toEqual([`${said}: ${line}`]);
});
