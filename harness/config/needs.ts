// SPDX-License-Identifier: Apache-2.0
import { dirname, resolve } from 'node:path';
import { UsageError } from '../model/errors.js';
import { nearestNames } from '../model/near-names.js';
import type { MapNeeds, ObjectNeeds, ProgramNeeds } from '../model/needs.js';
import { elfMapNames, programsInElf, type ProgramSymbol } from './elf-symbols.js';
import { defaultConfigFile, type MatrixConfig } from './file.js';
import { patternOf } from './glob.js';
import { checkAttach } from './needs-attach.js';
import type { MapNeedsConfig, ObjectNeedsConfig, ProgramNeedsConfig } from './needs-schema.js';
import { variableNeeds } from './needs-variables.js';
import type { ObjectFile } from './objects.js';

/** The configuration that names needs, and where its paths start. */
export interface NeedsSource {
  readonly configFile: string;
  readonly folder: string;
  readonly entries: readonly ObjectNeedsConfig[];
}

/** `file` as it was named on the command line, if it was. */
export function needsSource({ objects = [] }: MatrixConfig, file: string = defaultConfigFile): NeedsSource {
  return { configFile: file, folder: dirname(file), entries: objects };
}

/** The objects with what the configuration gives them, and what is easily overlooked, one line each. */
export interface SuppliedObjects {
  readonly objects: readonly ObjectFile[];
  readonly notices: readonly string[];
}

/**
 * Finds the entry of each object by its path, and everything that the entry names in the object.
 * @throws UsageError with file, place and the nearest names for what the object does not have.
 */
export function withNeeds(objects: readonly ObjectFile[], source: NeedsSource): SuppliedObjects {
  const { entries, configFile } = source;
  const used = new Set<number>();
  const supplied = objects.map((object) => {
    const [first, second] = entriesFor(object, source);
    if (first === undefined || object.fault !== null) return object;
    if (second !== undefined) {
      throw new UsageError({
        message: `${configFile}: objects.${first} and objects.${second} are both about ${object.identity.file}`,
        next: 'make them one entry, or narrow the pattern of one',
      });
    }
    used.add(first);
    const entry = entries[first];
    return entry === undefined
      ? object
      : { ...object, needs: needsOf(object, entry, `${configFile}: objects.${first}`) };
  });
  const idle = entries.flatMap(({ path }, at) =>
    used.has(at) ? [] : [`${configFile}: objects.${at}: no object of this run is ${path}`],
  );
  return { objects: supplied, notices: idle };
}

function entriesFor({ identity }: ObjectFile, { entries, folder }: NeedsSource): readonly number[] {
  const file = resolve(identity.file);
  return entries.flatMap(({ path }, at) => {
    const wanted = resolve(folder, path);
    return wanted === file || patternOf(wanted).test(file) ? [at] : [];
  });
}

function needsOf({ bytes, identity }: ObjectFile, entry: ObjectNeedsConfig, place: string): ObjectNeeds {
  const known = { file: identity.file, programs: programsInElf(bytes), maps: elfMapNames(bytes) };
  return {
    loader: entry.loader,
    programs: merged(
      Object.entries(entry.programs).flatMap(([pattern, needs]) =>
        programsFor(pattern, needs, known, `${place}.programs.${pattern}`),
      ),
    ),
    maps: Object.entries(entry.maps).map(([name, needs]) => mapFor(name, needs, known, `${place}.maps.${name}`)),
    variables: variableNeeds(bytes, entry.rodata, `${place}.rodata`, identity.file),
  };
}

/** Each program once: of several patterns the last that says something holds. */
function merged(all: readonly ProgramNeeds[]): readonly ProgramNeeds[] {
  const byName = new Map<string, ProgramNeeds>();
  for (const { name, autoload, attach } of all) {
    const before = byName.get(name);
    byName.set(name, {
      name,
      autoload: autoload ?? before?.autoload ?? null,
      attach: attach ?? before?.attach ?? null,
    });
  }
  return [...byName.values()];
}

interface KnownNames {
  readonly file: string;
  readonly programs: readonly ProgramSymbol[];
  readonly maps: readonly string[];
}

function programsFor(
  pattern: string,
  { autoload, attach }: ProgramNeedsConfig,
  { file, programs }: KnownNames,
  place: string,
): readonly ProgramNeeds[] {
  const wanted = patternOf(pattern);
  const found = programs.filter(({ name }) => wanted.test(name));
  if (found.length === 0) {
    throw absent(
      place,
      `${file} has no program ${pattern}`,
      pattern,
      programs.map(({ name }) => name),
    );
  }
  if (attach !== undefined) for (const program of found) checkAttach(program, attach, place);
  return found.map(({ name }) => ({ name, autoload: autoload ?? null, attach: attach ?? null }));
}

function mapFor(
  name: string,
  { maxEntries, inner, pinned }: MapNeedsConfig,
  { file, maps }: KnownNames,
  place: string,
): MapNeeds {
  if (!maps.includes(name)) throw absent(place, `${file} has no map ${name}`, name, maps);
  if (typeof inner === 'string' && !maps.includes(inner)) {
    throw absent(`${place}.inner`, `${file} has no map ${inner}`, inner, maps);
  }
  const pin = typeof pinned === 'string' ? { path: pinned, existing: null } : pinned;
  return {
    name,
    maxEntries: maxEntries ?? null,
    inner: inner ?? null,
    pinned: pin === undefined ? null : { path: pin.path, existing: pin.existing ?? null },
  };
}

/** Names that a message has room for. */
const named = 12;

function absent(place: string, message: string, wanted: string, names: readonly string[]): UsageError {
  const near = nearestNames(wanted.replaceAll(/[*?]/g, ''), names);
  const listed = names.length === 0 ? 'it has none' : `it has ${names.slice(0, named).join(', ')}`;
  return new UsageError({
    message: `${place}: ${message}`,
    next: near.length > 0 ? `did you mean ${near.join(' or ')}?` : listed,
  });
}
