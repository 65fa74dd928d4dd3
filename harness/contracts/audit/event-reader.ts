// SPDX-License-Identifier: Apache-2.0
import { jsonText } from '../../model/describe-value.js';
import type { EventPattern, RawEvent } from '../../model/scenario-evidence.js';
import type { EventReader, ExpectedEvent } from '../contract.js';
import { readAuditLines } from './events.js';

/** Events of the contract: `file_open` and `connect`, with a `lost` for what could not be reported. */
export const auditEvents: EventReader = {
  read: readAuditLines,
  stateOf: ({ type, state }) => (type === 'state' ? jsonText(state) : null),
  isAboutAttempt: ({ type }) => type === 'file_open' || type === 'connect',
  pattern,
  describe,
  // It denies nothing, and has no field in which it could say so.
  claimedStop: () => null,
  ruleOf: () => null,
  actionOf: () => null,
  nameOf: ({ type, name }) => (type === 'file_open' ? jsonText(name) : null),
  lostOf,
  implied: () => ({}),
  announcements: (state) => [`"state":"${state}"`],
};

function pattern({ about, comm }: ExpectedEvent): EventPattern | null {
  const who = comm === null ? {} : { comm };
  switch (about.kind) {
    case 'open':
      return { always: { type: 'file_open' }, anyOf: [{ name: about.name, mode: about.mode, ...who }] };
    case 'destination': {
      const { ip, port, family } = about;
      return { always: { type: 'connect' }, anyOf: [{ family, ip, port, ...who }] };
    }
    // There is no policy, and so no event about a rule of one.
    case 'file':
    case 'rule':
    case 'network':
      return null;
  }
}

function describe({ type, name, mode, ip, port }: RawEvent): string {
  return type === 'connect'
    ? `connect to ${jsonText(ip)} port ${jsonText(port)}`
    : `${jsonText(type)} ${jsonText(name)} ${jsonText(mode)}`;
}

function lostOf({ type, ring, read, family }: RawEvent): number | null {
  const counts: readonly unknown[] = [ring, read, family];
  if (type !== 'lost' || !counts.every((count) => typeof count === 'number')) return null;
  return counts.reduce((sum, count) => sum + count, 0);
}
