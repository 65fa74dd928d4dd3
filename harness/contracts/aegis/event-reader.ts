// SPDX-License-Identifier: Apache-2.0
import { jsonText } from '../../model/describe-value.js';
import type { EventPattern, RawEvent } from '../../model/scenario-evidence.js';
import type { EventReader, ExpectedEvent, InodeOf } from '../contract.js';
import { readEventLines } from './event-lines.js';
import { directions } from './events.js';
import { ruleKinds } from './policy.js';

/** Events of the contract: one JSON object a line, with `type` and `action`. */
export const aegisEvents: EventReader = {
  read: readEventLines,
  stateOf: ({ type, state }) => (type === 'state_change' ? jsonText(state) : null),
  // Every process that executes a program has an exec event.
  isAboutAttempt: ({ type }) => type !== 'exec' && type !== 'state_change',
  pattern,
  describe: ({ type, action }) => `${jsonText(type)} ${jsonText(action)}`,
  claimedStop: ({ action }) => (action === 'AUDIT' ? null : jsonText(action)),
  ruleOf: ({ rule, rule_type: type }) => {
    const kind = ruleKinds.find((one) => one === `deny_${jsonText(type ?? rule)}`);
    return kind ?? null;
  },
  actionOf: ({ action }) => action,
  nameOf: () => null,
  lostOf: () => null,
  implied,
  announcements: (state) => [`"state":"${state}"`],
};

function implied({ type, remote_ip: ip }: RawEvent): RawEvent {
  if (type === 'exec') return { action: 'AUDIT' };
  const direction = Object.entries(directions).find(([one]) => one === type)?.[1];
  if (direction === undefined) return {};
  return { direction, ...(typeof ip === 'string' ? { family: ip.includes(':') ? 'ipv6' : 'ipv4' } : {}) };
}

function pattern({ about, action, comm }: ExpectedEvent, inode: InodeOf): EventPattern | null {
  const who = comm === null ? {} : { comm };
  switch (about.kind) {
    case 'file': {
      // By inode on the LSM side, by path or inode on a tracepoint.
      const { dev, ino } = inode(about.path);
      return {
        always: { type: 'block', action },
        anyOf: [
          { dev, ino, ...who },
          { path: about.path, ...who },
        ],
      };
    }
    // This contract has no event about what nobody forbids.
    case 'open':
    case 'destination':
      return null;
    case 'rule':
      return { always: { type: 'block', action }, anyOf: [who] };
    case 'network': {
      const type = `net_${about.operation}_block` as const;
      return { always: { type, action }, anyOf: [{ direction: directions[type], ...about.fields, ...who }] };
    }
  }
}
