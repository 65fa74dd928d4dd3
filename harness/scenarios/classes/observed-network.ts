// SPDX-License-Identifier: Apache-2.0
import { destinationEvent, observedScenario, scenarioClass } from '../language.js';
import type { Observed } from '../scenario.js';
import { servedPorts } from '../guest-places.js';

const hook = 'socket_connect';
const [served] = servedPorts;
/** Nobody listens there; no byte of it is the other, so that their order shows. */
const unserved = 4660;
const refused = 111;
const invalid = 22;

/** What the kernel takes for an address of each family; a byte less is none. */
const inetLength = 16;
const inet6Length = 24;

export const observedNetwork = scenarioClass('network', (t) => ({
  arrange: [],
  inodes: [],
  rules: () => ({}),
  scenarios: [...destinations(), ...lengths(), ...elsewhere(t)],
}));

function to(name: string, ip: string, port: number, more: { free?: number; protocol?: string } = {}): Observed {
  const { free = 0, protocol = 'tcp' } = more;
  const attempt = ['connect', ip, String(port), protocol] as const;
  return observedScenario(name, { hook, attempt, events: [destinationEvent(ip, port)], free });
}

function destinations(): readonly Observed[] {
  return [
    to('TCP over IPv4', '127.0.0.1', served),
    to('TCP over IPv6', '::1', served),
    to('UDP over IPv4', '127.0.0.2', unserved, { protocol: 'udp' }),
    to('UDP over IPv6', '::1', unserved, { protocol: 'udp' }),
    to('TCP to a port where nobody listens', '127.0.0.1', unserved, { free: refused }),
    observedScenario('an IPv4 address written as IPv6', {
      hook,
      attempt: ['connect', '::ffff:127.0.0.1', String(served), 'tcp'],
      events: [destinationEvent('127.0.0.1', served)],
    }),
  ];
}

/** An address that ends before its port or its bytes do is nowhere to connect to, and nothing behind it is read. */
function lengths(): readonly Observed[] {
  const port = String(unserved);
  const of = (name: string, ip: string, length: number): Observed => {
    const whole = length >= (ip.includes(':') ? inet6Length : inetLength);
    const events = whole ? [destinationEvent(ip, unserved)] : [];
    const attempt = ['connect-length', ip, port, String(length)] as const;
    return observedScenario(name, { hook, attempt, events, free: whole ? 0 : invalid });
  };
  return [
    of('an IPv4 address of full length', '127.0.0.1', inetLength),
    of('an IPv4 address that is a byte short', '127.0.0.1', inetLength - 1),
    of('an IPv4 address without its last half', '127.0.0.1', 8),
    of('a family and nothing else', '127.0.0.1', 2),
    of('an IPv4 address with more behind it', '127.0.0.1', 128),
    of('an IPv6 address without its scope', '::1', inet6Length),
    of('an IPv6 address that is a byte short', '::1', inet6Length - 1),
    of('an IPv6 address as long as one of IPv4', '::1', inetLength),
  ];
}

/** Connects that lead to no address. */
function elsewhere(t: string): readonly Observed[] {
  const missing = 2;
  return [
    observedScenario('AF_UNSPEC, which ends a connection', { hook, attempt: ['disconnect'], events: [] }),
    observedScenario('a local socket', { hook, attempt: ['connect-unix', `${t}/socket`], events: [], free: missing }),
  ];
}
