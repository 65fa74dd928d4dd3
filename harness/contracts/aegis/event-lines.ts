// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import type { EventLines } from '../contract.js';
import { readJsonLines } from '../json-lines.js';
import { eventActions, isOfItsFamily, netFields, type NetType } from './events.js';
import { aegisStateNames } from './states.js';

/*
 * Any agent's events, read by the contract: the fields it names must be there with a value that it allows; fields beyond it
 * are the agent's own business. `events.ts` is stricter, for our own agent.
 */

const count = z.number().int().nonnegative();
/** Nothing but the idle task starts at 0, and no cgroup has the number 0. */
const positive = z.number().int().positive();
const head = {
  pid: positive,
  ppid: count,
  start_time: positive,
  comm: z.string(),
  cgid: positive,
  action: z.enum(eventActions),
};

const stateChange = z.looseObject({
  type: z.literal('state_change'),
  ...head,
  state: z.enum(aegisStateNames).optional(),
});
const exec = z.looseObject({ type: z.literal('exec'), ...head });
const block = z.looseObject({
  type: z.literal('block'),
  ...head,
  path: z.string().optional(),
  ino: count.optional(),
  dev: count.optional(),
});

function net<T extends NetType>(type: T) {
  return z.looseObject({ ...netFields(type), ...head }).refine(isOfItsFamily, 'remote_ip is not of its family');
}

const event = z.discriminatedUnion('type', [
  stateChange,
  exec,
  block,
  net('net_connect_block'),
  net('net_bind_block'),
  net('net_listen_block'),
  net('net_accept_block'),
  net('net_sendmsg_block'),
  net('net_recvmsg_block'),
]);

export function readEventLines(lines: readonly string[]): EventLines {
  return readJsonLines(lines, event);
}
