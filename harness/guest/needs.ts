// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import type { AttachTarget, MapShape, ObjectNeeds } from '../model/needs.js';

/** The lines of bpf/guest/needs.h; the loader's changes come last, on top of what is given. */
export function needLines({ loader, programs, maps, variables }: ObjectNeeds): readonly string[] {
  return [
    ...programs.flatMap(({ name, autoload, attach }) => [
      ...(autoload === null ? [] : [`autoload ${name} ${autoload ? 1 : 0}`]),
      ...(attach === null ? [] : [attachLine(name, attach)]),
    ]),
    ...maps.flatMap(({ name, maxEntries }) => (maxEntries === null ? [] : [`size ${name} ${maxEntries}`])),
    ...maps.flatMap(({ name, inner, pinned }) => [
      ...innerLines(name, inner),
      ...(pinned === null ? [] : [`pin ${name} ${pinned.path}`]),
      ...(pinned?.existing == null ? [] : [`existing ${name} ${shapeWords(pinned.existing)}`]),
    ]),
    ...variables.map(({ section, offset, hex }) => `variable ${section} ${offset} ${hex}`),
    ...(loader === 'libbpf' ? [] : [`loader ${loader}`]),
  ];
}

/** Where an object is in the guest that another one is attached to a program of. */
export const targetPath = (sha256: string): string => `/tmp/target-${sha256.slice(0, 16)}.bpf.o`;

function attachLine(name: string, attach: string | AttachTarget): string {
  if (typeof attach === 'string') return `attach ${name} ${attach}`;
  const { object, sha256, program, function: wanted } = attach;
  return `target ${name} ${targetPath(sha256)} ${program} ${wanted} ${basename(object)}`;
}

/** Those that count when an object is only looked at: the sizes of its maps. */
export const sizeLines = (needs: ObjectNeeds): readonly string[] =>
  needLines(needs).filter((line) => line.startsWith('size '));

function innerLines(name: string, inner: MapShape | string | null): readonly string[] {
  if (inner === null) return [];
  return [typeof inner === 'string' ? `inner-like ${name} ${inner}` : `inner ${name} ${shapeWords(inner)}`];
}

const shapeWords = ({ type, keySize, valueSize, maxEntries, flags }: MapShape): string =>
  [type, keySize, valueSize, maxEntries, flags].join(' ');
