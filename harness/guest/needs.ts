// SPDX-License-Identifier: Apache-2.0
import type { MapShape, ObjectNeeds } from '../model/needs.js';

/** The lines of bpf/guest/needs.h; the loader's changes come last, on top of what is given. */
export function needLines({ loader, programs, maps, variables }: ObjectNeeds): readonly string[] {
  return [
    ...programs.flatMap(({ name, autoload, attach }) => [
      ...(autoload === null ? [] : [`autoload ${name} ${autoload ? 1 : 0}`]),
      ...(attach === null ? [] : [`attach ${name} ${attach}`]),
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

/** Those that count when an object is only looked at: the sizes of its maps. */
export const sizeLines = (needs: ObjectNeeds): readonly string[] =>
  needLines(needs).filter((line) => line.startsWith('size '));

function innerLines(name: string, inner: MapShape | string | null): readonly string[] {
  if (inner === null) return [];
  return [typeof inner === 'string' ? `inner-like ${name} ${inner}` : `inner ${name} ${shapeWords(inner)}`];
}

const shapeWords = ({ type, keySize, valueSize, maxEntries, flags }: MapShape): string =>
  [type, keySize, valueSize, maxEntries, flags].join(' ');
