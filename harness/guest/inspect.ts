// SPDX-License-Identifier: Apache-2.0
import type { MapDeclaration, ObjectEvidence, ProgramDeclaration, UnresolvedUse } from '../model/evidence.js';
import type { Guest } from './client.js';
import { protocolError } from './errors.js';
import { lookUpUnresolvedSymbols } from './kernel-names.js';
import { workerDeath } from './worker.js';

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
  const tables = new Map<string, string>();
  for (;;) {
    const offset = programs.length + maps.length;
    const reply = await guest.call('inspect', { path, timeoutMs: timeout, offset }, timeout);
    const death = workerDeath(reply, timeout);
    if (death) return unopened(death.errno, [death.words], []);
    if (reply.errno === undefined) throw protocolError('an inspection without errno');
    if (reply.errno !== 0) return unopened(reply.errno, reply.warning, await lookUpUnresolvedSymbols(guest, path));
    programs.push(...reply.program.map((program) => ({ ...program, autoload: program.autoload !== 0 })));
    for (const { tableType, ...map } of reply.map) {
      maps.push(map);
      if (tableType !== undefined) tables.set(map.name, tableType);
    }
    if (reply.more === 1 && programs.length + maps.length > offset) continue;
    const open = { errno: 0, libbpf: [], unresolved: [] };
    return { open, declared: { programs, maps, tables }, hasBtf: reply.hasBtf === 1 };
  }
}

function unopened(errno: number, libbpf: readonly string[], unresolved: readonly UnresolvedUse[]): Inspection {
  const declared = { programs: [], maps: [], tables: new Map<string, string>() };
  return { open: { errno, libbpf, unresolved }, declared, hasBtf: false };
}
