// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { auditEvents } from '../../../../contracts/audit/event-reader.js';
import type { EventSubject } from '../../../../contracts/contract.js';

const open = { type: 'file_open', pid: 7, comm: 'cat', name: 'passwd', mode: 'r' };
const connect = { type: 'connect', pid: 7, comm: 'nc', family: 'ipv4', ip: '192.0.2.1', port: 80 };
const lost = { type: 'lost', ring: 3, read: 0, family: 1 };

const bad = (event: object): readonly string[] => auditEvents.read([JSON.stringify(event)]).bad;

describe('events of an observer', () => {
  it.each([
    ['an open', open],
    ['an open of the root', { ...open, name: '/' }],
    ['a connect', connect],
    ['a connect over IPv6', { ...connect, family: 'ipv6', ip: '2001:db8::1' }],
    ['a state', { type: 'state', state: 'OBSERVING' }],
    ['a state with its reason', { type: 'state', state: 'SKIPPED', reason: 'BPF_LSM_DISABLED' }],
    ['what was lost', lost],
    ['a field of its own', { ...open, cgroup: 9 }],
  ])('%s keeps the contract', (_, event) => {
    expect(bad(event)).toEqual([]);
  });

  it.each([
    ['a type of its own', { type: 'exec', pid: 7 }],
    ['no process', { ...open, pid: 0 }],
    ['a path for a name', { ...open, name: '/etc/passwd' }],
    ['no name', { ...open, name: '' }],
    ['another mode', { ...open, mode: 'x' }],
    ['an address of another family', { ...connect, family: 'ipv6' }],
    ['no address', { ...connect, ip: 'localhost' }],
    ['a mapped address', { ...connect, family: 'ipv6', ip: '::ffff:192.0.2.1' }],
    ['a port that is none', { ...connect, port: 65_536 }],
    ['a state that there is not', { type: 'state', state: 'ENFORCE' }],
    ['half of what was lost', { type: 'lost', ring: 3 }],
    ['dirt that its decoder has found', { type: 'dirty', field: 'name', offset: 40, bytes: 3 }],
  ])('%s does not', (_, event) => {
    expect(bad(event)).toHaveLength(1);
  });

  it('says what is wrong when the agent warns of its own records', () => {
    expect(bad({ type: 'dirty', field: 'name', offset: 40, bytes: 3 })[0]).toContain('bytes of an earlier one');
  });

  it('know what they are about', () => {
    expect([open, connect, lost].map(auditEvents.isAboutAttempt)).toEqual([true, true, false]);
    expect([open, connect].map(auditEvents.nameOf)).toEqual(['passwd', null]);
    expect([open, lost].map(auditEvents.lostOf)).toEqual([null, 4]);
    expect([open, { type: 'state', state: 'OBSERVING' }].map(auditEvents.stateOf)).toEqual([null, 'OBSERVING']);
    expect([open, connect].map(auditEvents.describe)).toEqual(['file_open passwd r', 'connect to 192.0.2.1 port 80']);
    expect([open, connect].map(auditEvents.claimedStop)).toEqual([null, null]);
  });
});

describe('a pattern', () => {
  const pattern = (about: EventSubject, comm: string | null = null) =>
    auditEvents.pattern({ about, action: 'reported', comm }, () => ({ dev: 1, ino: 2 }));

  it('of an open is its name and its mode', () => {
    expect(pattern({ kind: 'open', name: 'passwd', mode: 'rw' }, 'cat')).toEqual({
      always: { type: 'file_open' },
      anyOf: [{ name: 'passwd', mode: 'rw', comm: 'cat' }],
    });
  });

  it('of a destination is the address, its family and the port', () => {
    expect(pattern({ kind: 'destination', ip: '::1', port: 80, family: 'ipv6' })).toEqual({
      always: { type: 'connect' },
      anyOf: [{ family: 'ipv6', ip: '::1', port: 80 }],
    });
  });

  it.each<EventSubject>([
    { kind: 'rule' },
    { kind: 'file', path: '/t/secret' },
    { kind: 'network', operation: 'connect', fields: { rule_type: 'ip' } },
  ])('of a rule there is none', (about) => {
    expect(pattern(about)).toBeNull();
  });
});
