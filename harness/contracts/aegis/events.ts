// SPDX-License-Identifier: Apache-2.0
import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import { parseAgentJson } from '../../model/agent-json.js';
import { describeEventIssues } from '../json-lines.js';
import { aegisStateNames } from './states.js';

/*
 * The agent's events: one JSON object a line, as the contract has them. Strict: an unknown type, a missing or surplus
 * field, a string where a number belongs, an action the event cannot have, is an error. A decoder that lets things pass
 * would let an agent print `true` for every string and call it green.
 */

const count = z.number().int().nonnegative();
const port = z.number().int().min(0).max(65_535);

/** Every event begins so. `start_time` is in the agent's own unit; with `pid` it names a process. */
const process = {
  pid: count,
  ppid: count,
  start_time: count,
  comm: z.string(),
  cgid: count,
};

/** What was really done about a matched rule. */
export const eventActions = ['AUDIT', 'BLOCK', 'TERM', 'INT', 'KILL'] as const;
const action = z.enum(eventActions);

const stateChange = z.strictObject({
  type: z.literal('state_change'),
  ...process,
  action,
  state: z.enum(aegisStateNames),
  reason: z.string().min(1),
});

const exec = z.strictObject({ type: z.literal('exec'), ...process, action: z.literal('AUDIT'), path: z.string() });

const block = z
  .strictObject({
    type: z.literal('block'),
    ...process,
    action,
    rule: z.enum(['inode', 'path', 'exec', 'ptrace', 'module_load', 'bpf']),
    path: z.string().startsWith('/').optional(),
    ino: count.optional(),
    dev: count.optional(),
    target_pid: count.optional(),
  })
  .refine(({ ino, dev }) => (ino === undefined) === (dev === undefined), 'ino and dev come together')
  .refine(
    ({ rule, path, ino }) => !['inode', 'path', 'exec'].includes(rule) || path !== undefined || ino !== undefined,
    'a file rule names a path or an inode',
  );

/** Which direction each type of network event is about. */
export const directions = {
  net_connect_block: 'egress',
  net_bind_block: 'bind',
  net_listen_block: 'listen',
  net_accept_block: 'accept',
  net_sendmsg_block: 'send',
  net_recvmsg_block: 'recv',
} as const;

export type NetType = keyof typeof directions;

/** The fields of a network event, besides those that every event begins with. */
export function netFields<T extends NetType>(type: T) {
  return {
    type: z.literal(type),
    family: z.enum(['ipv4', 'ipv6']),
    protocol: z.enum(['tcp', 'udp', 'other']),
    direction: z.literal(directions[type]),
    remote_ip: z.string(),
    remote_port: port,
    local_port: port,
    rule_type: z.enum(['ip', 'cidr', 'ip_port', 'port']),
  };
}

export function isOfItsFamily({ family, remote_ip }: { readonly family: 'ipv4' | 'ipv6'; readonly remote_ip: string }) {
  return (family === 'ipv4' ? isIPv4 : isIPv6)(remote_ip);
}

function net<T extends NetType>(type: T) {
  return z
    .strictObject({ ...netFields(type), ...process, action })
    .refine(isOfItsFamily, 'remote_ip is not of its family')
    .refine(({ remote_ip }) => !/^::ffff:/i.test(remote_ip), 'an IPv4-mapped address is reported as IPv4');
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

export type AgentEvent = z.output<typeof event>;

/** A line that is no event of the contract. */
export class EventError extends Error {
  override readonly name = 'EventError';

  constructor(
    /** From 1. */
    readonly line: number,
    readonly text: string,
    why: string,
    cause?: unknown,
  ) {
    super(`event on line ${line}: ${why}: ${text.slice(0, 300)}`, { cause });
  }
}

/**
 * Decodes everything an agent has written on stdout. The last line must end with a newline: an event cut in two is an
 * error, not something to be overlooked.
 *
 * @throws EventError for the first line that is no event
 */
export function decodeEvents(text: string): AgentEvent[] {
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  const events = lines.map((line, index) => decodeLine(line, index + 1));
  if (rest !== '') throw new EventError(lines.length + 1, rest, 'the line has no end');
  return events;
}

function decodeLine(line: string, number: number): AgentEvent {
  let value: unknown;
  try {
    value = parseAgentJson(line);
  } catch (cause) {
    throw new EventError(number, line, 'not JSON', cause);
  }
  const result = event.safeParse(value);
  if (result.success) return result.data;
  throw new EventError(number, line, describeEventIssues(result.error, value), result.error);
}
