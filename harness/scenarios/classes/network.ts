// SPDX-License-Identifier: Apache-2.0
import type { NetworkFields, SocketOperation } from '../../contracts/contract.js';
import { allowedScenario, deniedScenario, attemptFromExempt, netEvent, scenarioClass } from '../language.js';
import type { Allowed, Denial, ProbeOperation } from '../scenario.js';

/** The last address of fd00:2::/32, and the last one before it. */
const lastInside = 'fd00:2:ffff:ffff:ffff:ffff:ffff:ffff';
const lastOutside = 'fd00:1:ffff:ffff:ffff:ffff:ffff:ffff';

/** Addresses beyond 127.0.0.0/8 that the guest answers on. */
const addresses = ['fd00:1::2', 'fd00:1::3', 'fd00:2::1', 'fd00:3::1', lastInside, lastOutside];

const ip = ['deny_ip'] as const;
const cidr = ['deny_cidr'] as const;
const ipPort = ['deny_ip_port'] as const;
const port = ['deny_port'] as const;

interface Parts {
  readonly rules: Denial['rules'];
  readonly neighbour: ProbeOperation;
  readonly fields: NetworkFields;
  readonly fallback?: Denial['fallback'];
}

/** An attempt at one of the socket hooks, and the event that must report it. */
function at(hook: SocketOperation) {
  return (name: string, attempt: ProbeOperation, { rules, neighbour, fields, fallback = 'signal' }: Parts): Denial =>
    deniedScenario(name, { rules, attempt, neighbour, event: netEvent(hook, fields), fallback });
}

const connects = at('connect');
const sends = at('sendmsg');
const binds = at('bind');
const accepts = at('accept');
const receives = at('recvmsg');

const tcpNeighbour: ProbeOperation = ['connect', '127.0.0.5', '80', 'tcp'];
const udpNeighbour: ProbeOperation = ['connect', '127.0.0.5', '80', 'udp'];
const sendNeighbour: ProbeOperation = ['sendto', '127.0.0.5', '80'];
const v4 = { family: 'ipv4', rule_type: 'ip', remote_ip: '127.0.0.2' } as const;
const v6 = { family: 'ipv6', rule_type: 'ip', remote_ip: 'fd00:1::2' } as const;

const byAddress: readonly Denial[] = [
  connects('TCP connect to a denied IPv4 address', ['connect', '127.0.0.2', '80', 'tcp'], {
    rules: ip,
    neighbour: tcpNeighbour,
    fields: { ...v4, protocol: 'tcp', remote_port: 80 },
  }),
  connects('UDP connect to a denied IPv4 address', ['connect', '127.0.0.2', '80', 'udp'], {
    rules: ip,
    neighbour: udpNeighbour,
    fields: { ...v4, protocol: 'udp', remote_port: 80 },
  }),
  connects('TCP connect to a denied IPv6 address', ['connect', 'fd00:1::2', '80', 'tcp'], {
    rules: ip,
    neighbour: ['connect', 'fd00:1::3', '80', 'tcp'],
    fields: { ...v6, protocol: 'tcp', remote_port: 80 },
  }),
  connects('UDP connect to a denied IPv6 address', ['connect', 'fd00:1::2', '80', 'udp'], {
    rules: ip,
    neighbour: ['connect', 'fd00:1::3', '80', 'udp'],
    fields: { ...v6, protocol: 'udp', remote_port: 80 },
  }),
  connects('connect by IPv4-mapped IPv6', ['connect', '::ffff:127.0.0.2', '80', 'tcp'], {
    rules: ip,
    neighbour: ['connect', '::ffff:127.0.0.5', '80', 'tcp'],
    fields: { ...v4, protocol: 'tcp', remote_port: 80 },
  }),
  sends('sendto a denied address', ['sendto', '127.0.0.2', '80'], {
    rules: ip,
    neighbour: sendNeighbour,
    fields: { ...v4, protocol: 'udp', remote_port: 80 },
  }),
  sends('sendto a denied IPv6 address', ['sendto', 'fd00:1::2', '80'], {
    rules: ip,
    neighbour: ['sendto', 'fd00:1::3', '80'],
    fields: { ...v6, protocol: 'udp', remote_port: 80 },
  }),
  sends('sendto by IPv4-mapped IPv6', ['sendto', '::ffff:127.0.0.2', '80'], {
    rules: ip,
    neighbour: ['sendto', '::ffff:127.0.0.5', '80'],
    fields: { ...v4, protocol: 'udp', remote_port: 80 },
  }),
  sends('sendto with AF_UNSPEC', ['sendto-unspec', '127.0.0.2', '80'], {
    rules: ip,
    neighbour: ['sendto-unspec', '127.0.0.5', '80'],
    fields: { ...v4, protocol: 'udp', remote_port: 80 },
  }),
  sends('sendmsg, unconnected', ['sendmsg', '127.0.0.2', '80'], {
    rules: ip,
    neighbour: ['sendmsg', '127.0.0.5', '80'],
    fields: { ...v4, protocol: 'udp', remote_port: 80 },
  }),
  sends('sendmmsg, unconnected', ['sendmmsg', '127.0.0.2', '80'], {
    rules: ip,
    neighbour: ['sendmmsg', '127.0.0.5', '80'],
    fields: { ...v4, protocol: 'udp', remote_port: 80 },
    fallback: { uncovered: 'sendmmsg is not looked at by any tracepoint' },
  }),
  accepts('accept of a denied peer', ['accept', '9101', '127.0.0.2'], {
    rules: ip,
    neighbour: ['accept', '9102', '127.0.0.5'],
    fields: { ...v4, protocol: 'tcp', local_port: 9101 },
  }),
  receives('recv from a denied peer', ['recv', '9103', '127.0.0.2'], {
    rules: ip,
    neighbour: ['recv', '9104', '127.0.0.5'],
    fields: { ...v4, protocol: 'tcp', local_port: 9103 },
    fallback: null,
  }),
  receives('recvmsg from a denied peer', ['recvmsg', '9105', '127.0.0.2'], {
    rules: ip,
    neighbour: ['recvmsg', '9106', '127.0.0.5'],
    fields: { ...v4, protocol: 'tcp', local_port: 9105 },
    fallback: null,
  }),
  sends('send to a denied peer that names another', ['send-elsewhere', '9107', '127.0.0.2', '127.0.0.5'], {
    rules: ip,
    neighbour: ['send-elsewhere', '9108', '127.0.0.5', '127.0.0.2'],
    fields: { ...v4, protocol: 'tcp', local_port: 9107 },
    fallback: null,
  }),
];

/** The first and the last address of a prefix, with the addresses just outside beside them. */
function edge(name: string, inside: string, outside: string, family: 'ipv4' | 'ipv6'): Denial {
  return connects(name, ['connect', inside, '80', 'tcp'], {
    rules: cidr,
    neighbour: ['connect', outside, '80', 'tcp'],
    fields: { family, rule_type: 'cidr', remote_ip: inside, remote_port: 80, protocol: 'tcp' },
  });
}

const byPrefix: readonly Denial[] = [
  edge('the first address of a CIDR', '127.0.3.0', '127.0.2.255', 'ipv4'),
  edge('the last address of a CIDR', '127.0.3.255', '127.0.4.0', 'ipv4'),
  edge('the edge of a CIDR of 31 bits', '127.0.6.3', '127.0.6.4', 'ipv4'),
  edge('the lower edge of a CIDR of 31 bits', '127.0.6.2', '127.0.6.1', 'ipv4'),
  edge('an IPv6 CIDR', 'fd00:2::1', 'fd00:3::1', 'ipv6'),
  edge('the last address of an IPv6 CIDR', lastInside, lastOutside, 'ipv6'),
  sends('sendmsg into a CIDR', ['sendmsg', '127.0.3.7', '80'], {
    rules: cidr,
    neighbour: ['sendmsg', '127.0.4.7', '80'],
    fields: { family: 'ipv4', rule_type: 'cidr', remote_ip: '127.0.3.7', remote_port: 80, protocol: 'udp' },
  }),
];

/** What a rule on one direction leaves alone: the other one. */
const otherDirection: readonly Allowed[] = [
  allowedScenario('connect to a port denied for bind', { rules: port, attempt: ['connect', '127.0.0.5', '90', 'tcp'] }),
  allowedScenario('bind of a port denied for egress', { rules: port, attempt: ['bind', '127.0.0.9', '89', 'tcp'] }),
  allowedScenario('tcp to a port denied for udp', { rules: port, attempt: ['connect', '127.0.0.5', '84', 'tcp'] }),
];

const byPort: readonly Denial[] = [
  connects('a port denied for both, by egress', ['connect', '127.0.0.5', '91', 'tcp'], {
    rules: port,
    neighbour: tcpNeighbour,
    fields: { rule_type: 'port', remote_ip: '127.0.0.5', remote_port: 91, protocol: 'tcp' },
  }),
  connects('a denied address with its port', ['connect', '127.0.0.4', '81', 'tcp'], {
    rules: ipPort,
    neighbour: ['connect', '127.0.0.4', '80', 'tcp'],
    fields: { family: 'ipv4', rule_type: 'ip_port', remote_ip: '127.0.0.4', remote_port: 81 },
  }),
  connects('a denied IPv6 address with its port', ['connect', '::1', '86', 'tcp'], {
    rules: ipPort,
    neighbour: ['connect', '::1', '80', 'tcp'],
    fields: { family: 'ipv6', rule_type: 'ip_port', remote_ip: '::1', remote_port: 86 },
  }),
  connects('a denied port', ['connect', '127.0.0.5', '82', 'tcp'], {
    rules: port,
    neighbour: tcpNeighbour,
    fields: { rule_type: 'port', remote_ip: '127.0.0.5', remote_port: 82, protocol: 'tcp' },
  }),
  connects('a port denied for udp egress', ['connect', '127.0.0.5', '84', 'udp'], {
    rules: port,
    neighbour: ['connect', '127.0.0.5', '84', 'tcp'],
    fields: { rule_type: 'port', remote_port: 84, protocol: 'udp' },
  }),
  sends('sendto a port denied for udp egress', ['sendto', '127.0.0.5', '84'], {
    rules: port,
    neighbour: sendNeighbour,
    fields: { rule_type: 'port', remote_port: 84, protocol: 'udp' },
  }),
  binds('bind of a port denied for tcp bind', ['bind', '127.0.0.1', '83', 'tcp'], {
    rules: port,
    neighbour: ['bind', '127.0.0.1', '83', 'udp'],
    fields: { rule_type: 'port', local_port: 83, protocol: 'tcp' },
  }),
  binds('bind of it by IPv6', ['bind', '::1', '83', 'tcp'], {
    rules: port,
    neighbour: ['bind', '::1', '85', 'tcp'],
    fields: { rule_type: 'port', local_port: 83, protocol: 'tcp' },
  }),
  binds('bind of a port denied for both', ['bind', '127.0.0.1', '87', 'udp'], {
    rules: port,
    neighbour: ['bind', '127.0.0.1', '85', 'udp'],
    fields: { rule_type: 'port', local_port: 87, protocol: 'udp' },
  }),
  deniedScenario('listen on a denied port, bound by an exempt process', {
    rules: ['deny_port', 'allow_cgroup'],
    attempt: attemptFromExempt('listen-moved', '127.0.0.1', '87'),
    neighbour: attemptFromExempt('listen-moved', '127.0.0.1', '88'),
    event: netEvent('listen', { rule_type: 'port', local_port: 87, protocol: 'tcp' }),
    fallback: 'signal',
  }),
];

/** Addresses, prefixes and ports at every socket hook. Allowed neighbours really get through: a server answers. */
export const network = scenarioClass('network', () => ({
  arrange: addresses.map((address) => ['address', address] as const),
  inodes: [],
  rules: () => ({
    deny_ip: ['127.0.0.2', 'fd00:1::2'],
    deny_cidr: ['127.0.3.0/24', '127.0.6.2/31', 'fd00:2::/32'],
    deny_ip_port: ['127.0.0.4:81', '[::1]:86'],
    deny_port: ['82:any:egress', '89:any:egress', '83:tcp:bind', '84:udp:egress', '87', '90:tcp:bind', '91'],
    allow_cgroup: ['/exempt'],
  }),
  scenarios: [...byAddress, ...byPrefix, ...byPort, ...otherDirection],
}));
