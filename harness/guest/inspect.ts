// SPDX-License-Identifier: Apache-2.0
import type { MapDeclaration, ObjectEvidence, ProgramDeclaration, UnresolvedUse } from '../model/evidence.js';
import { type MapFixup, mapAttributes, type ObjectNeeds } from '../model/needs.js';
import type { Guest } from './client.js';
import { protocolError } from './errors.js';
import { lookUpUnresolvedSymbols } from './kernel-names.js';
import type { ReplyOf } from './messages.js';
import { sizeLines } from './needs.js';
import type { Message } from './shape.js';
import { workerDeath } from './worker.js';

/** What libbpf finds in an object without loading anything. */
export interface Inspection {
  readonly open: ObjectEvidence['open'];
  readonly declared: ObjectEvidence['declared'];
  /** The object carries BTF; false as well when it cannot be opened. */
  readonly hasBtf: boolean;
  /** Maps that cilium/ebpf would ask for otherwise, on this machine. */
  readonly fixups: readonly MapFixup[];
}

/** Opens an object that was uploaded to `path`. Any bytes are an answer; `timeout` in ms. */
export async function inspectObject(
  guest: Guest,
  path: string,
  timeout = 30_000,
  needs: ObjectNeeds | null = null,
): Promise<Inspection> {
  const need = needs === null ? [] : sizeLines(needs);
  const fixups: MapFixup[] = [];
  const programs: ProgramDeclaration[] = [];
  const maps: MapDeclaration[] = [];
  const tables = new Map<string, string>();
  for (;;) {
    const offset = programs.length + maps.length;
    const reply = await guest.call('inspect', { path, timeoutMs: timeout, offset, need }, timeout);
    const death = workerDeath(reply, timeout);
    if (death) return unopened(death.errno, [death.words], []);
    if (reply.errno === undefined) throw protocolError('an inspection without errno');
    if (reply.errno !== 0) return unopened(reply.errno, reply.warning, await lookUpUnresolvedSymbols(guest, path));
    programs.push(...reply.program.map((program) => ({ ...program, autoload: program.autoload !== 0 })));
    for (const { tableType, ...map } of reply.map) {
      maps.push(map);
      if (tableType !== undefined) tables.set(map.name, tableType);
    }
    fixups.push(...reply.fixup.map(fixupOf));
    if (reply.more === 1 && programs.length + maps.length > offset) continue;
    const open = { errno: 0, libbpf: [], unresolved: [] };
    return { open, declared: { programs, maps, tables }, hasBtf: reply.hasBtf === 1, fixups };
  }
}

type Fixup = Message<ReplyOf<'inspect'>>['fixup'][number];

function fixupOf({ name: map, text, before: libbpf, after: ebpfGo }: Fixup): MapFixup {
  const attribute = mapAttributes.find((known) => known === text);
  if (attribute === undefined) throw protocolError(`attribute ${text} of map ${map}`);
  return { map, attribute, libbpf, ebpfGo };
}

function unopened(errno: number, libbpf: readonly string[], unresolved: readonly UnresolvedUse[]): Inspection {
  const declared = { programs: [], maps: [], tables: new Map<string, string>() };
  return { open: { errno, libbpf, unresolved }, declared, hasBtf: false, fixups: [] };
}
