// SPDX-License-Identifier: Apache-2.0
import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import type { EventLines } from '../contract.js';
import { readJsonLines } from '../json-lines.js';
import { auditStateNames } from './states.js';

/* An observer's events: one JSON object a line. Fields beyond these are the agent's own business. */

const count = z.number().int().nonnegative();
const process = { pid: z.number().int().positive(), comm: z.string() };

const state = z.looseObject({
  type: z.literal('state'),
  state: z.enum(auditStateNames),
  reason: z.string().min(1).optional(),
});

const connect = z
  .looseObject({
    type: z.literal('connect'),
    ...process,
    family: z.enum(['ipv4', 'ipv6']),
    ip: z.string(),
    port: z.number().int().min(0).max(65_535),
  })
  .refine(({ family, ip }) => (family === 'ipv4' ? isIPv4 : isIPv6)(ip), 'ip is of its family')
  .refine(({ ip }) => !/^::ffff:/i.test(ip), 'an IPv4-mapped address is reported as IPv4');

const fileOpen = z.looseObject({
  type: z.literal('file_open'),
  ...process,
  name: z.string().refine((name) => name !== '' && (name === '/' || !name.includes('/')), 'a name without its folder'),
  mode: z.enum(['r', 'w', 'rw']),
});

/** What was not reported, from the start on. */
const lost = z.looseObject({ type: z.literal('lost'), ring: count, read: count, family: count });

/** The agent's own decoder has found bytes that nobody wrote for this record. */
const dirty = z
  .looseObject({ type: z.literal('dirty'), field: z.string(), offset: count, bytes: count })
  .refine(() => false, 'a record holds bytes of an earlier one, says the agent');

const event = z.discriminatedUnion('type', [state, connect, fileOpen, lost, dirty]);

export function readAuditLines(lines: readonly string[]): EventLines {
  return readJsonLines(lines, event);
}
