import type { MapDeclaration, ObjectEvidence, ProgramDeclaration } from '../model/evidence.js';
import type { Guest } from './client.js';
import { protocolError } from './errors.js';
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
  const programs: ProgramDeclaration[] = [];
  const maps: MapDeclaration[] = [];
  for (;;) {
    const offset = programs.length + maps.length;
    const reply = await guest.call('inspect', { path, timeoutMs: timeout, offset }, timeout);
    const death = deathOf(reply, timeout);
    if (death) return unopened(death.errno, [death.words]);
    if (reply.errno === undefined) throw protocolError('an inspection without errno');
    if (reply.errno !== 0) return unopened(reply.errno, reply.warning);
    programs.push(...reply.program.map((program) => ({ ...program, autoload: program.autoload !== 0 })));
    maps.push(...reply.map);
    if (reply.more === 1 && programs.length + maps.length > offset) continue;
    return { open: { errno: 0, libbpf: [] }, declared: { programs, maps }, hasBtf: reply.hasBtf === 1 };
  }
}

function unopened(errno: number, libbpf: readonly string[]): Inspection {
  return { open: { errno, libbpf }, declared: { programs: [], maps: [] }, hasBtf: false };
}
