// SPDX-License-Identifier: Apache-2.0
import type { Guest } from './client.js';
import { GuestRefusal } from './errors.js';
import { processEndOf } from './process.js';

/** Loads one uncompressed module; one that is there already is fine. Throws GuestRefusal with the errno. */
export async function loadModule(guest: Guest, path: string, timeout = 30_000): Promise<void> {
  const reply = await guest.call('moduleLoad', { path, timeoutMs: timeout }, timeout);
  const end = processEndOf(reply.end, reply.endCode);
  if (end.kind === 'exited' && reply.errno === 0) return;
  const how = end.kind === 'exited' ? `errno ${reply.errno ?? 'unknown'}` : `its loader ended: ${JSON.stringify(end)}`;
  throw new GuestRefusal('moduleLoad', 'system', reply.errno ?? 0, `${path}: ${how}`);
}
