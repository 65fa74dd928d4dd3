import type { ObjectEvidence } from '../model/evidence.js';
import type { Guest } from './client.js';
import { deathOf } from './worker.js';

/** What libbpf finds in an object without loading anything. */
export interface Inspection {
  readonly open: ObjectEvidence['open'];
  readonly declared: ObjectEvidence['declared'];
  /** The object carries BTF; false as well when it cannot be opened. */
  readonly hasBtf: boolean;
}

/** Opens an object that was uploaded to `path`. Any bytes are an answer; `timeout` in ms. */
export async function inspectObject(guest: Guest, path: string, timeout = 30_000): Promise<Inspection> {
  const reply = await guest.call('inspect', { path, timeoutMs: timeout }, timeout);
  const death = deathOf(reply, timeout);
  if (death) return unopened(death.errno, [death.words]);
  if (reply.truncated !== 0) return unopened(7, ['guest: the object declares more than one reply can hold']);
  if (reply.errno !== 0) return unopened(reply.errno ?? 5, reply.warning);
  return {
    open: { errno: 0, libbpf: [] },
    declared: {
      programs: reply.program.map((program) => ({ ...program, autoload: program.autoload !== 0 })),
      maps: reply.map,
    },
    hasBtf: reply.hasBtf === 1,
  };
}

function unopened(errno: number, libbpf: readonly string[]): Inspection {
  return { open: { errno, libbpf }, declared: { programs: [], maps: [] }, hasBtf: false };
}
