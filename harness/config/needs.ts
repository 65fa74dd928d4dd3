// SPDX-License-Identifier: Apache-2.0
import { dirname, resolve } from 'node:path';
import { UsageError } from '../model/errors.js';
import type { MapNeeds, ObjectNeeds, ProgramNeeds } from '../model/needs.js';
import { elfMapNames, programsInElf, type ProgramSymbol } from './elf-symbols.js';
import { defaultConfigFile, type MatrixConfig } from './file.js';
import { patternOf } from './glob.js';
import { absentName } from './needs-absent.js';
import { checkAttach, checkAttachTarget } from './needs-attach.js';
import type { MapNeedsConfig, ObjectNeedsConfig } from './needs-schema.js';
import { variableNeeds } from './needs-variables.js';
import { type ReadTarget, readTarget } from './needs-target.js';
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
export async function withNeeds(objects: readonly ObjectFile[], source: NeedsSource): Promise<SuppliedObjects> {
  const { entries, configFile, folder } = source;
  const used = new Set<number>();
  const supply = async (object: ObjectFile): Promise<ObjectFile> => {
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
    if (entry === undefined) return object;
    const place = `${configFile}: objects.${first}`;
    const targets = await targetsOf(entry, folder, place);
    const needs = needsOf(object, entry, targets, place);
    const files = [...targets.values()].map(({ file }) => file);
    return { ...object, needs, ...(files.length === 0 ? {} : { targets: files }) };
  };
  const supplied = await Promise.all(objects.map(supply));
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

/** Targets by the pattern of the programs that are attached to them. */
type Targets = ReadonlyMap<string, ReadTarget>;

async function targetsOf({ programs }: ObjectNeedsConfig, folder: string, place: string): Promise<Targets> {
  const targets = new Map<string, ReadTarget>();
  for (const [pattern, { attach }] of Object.entries(programs)) {
    if (typeof attach !== 'object') continue;
    targets.set(pattern, await readTarget(attach, folder, `${place}.programs.${pattern}.attach`));
  }
  return targets;
}

function needsOf(
  { bytes, identity }: ObjectFile,
  entry: ObjectNeedsConfig,
  targets: Targets,
  place: string,
): ObjectNeeds {
  const known = { file: identity.file, programs: programsInElf(bytes), maps: elfMapNames(bytes) };
  return {
    loader: entry.loader,
    programs: merged(
      Object.entries(entry.programs).flatMap(([pattern, { autoload = null, attach }]) => {
        const target = typeof attach === 'object' ? targets.get(pattern)?.attach : attach;
        return programsFor(pattern, { autoload, attach: target ?? null }, known, `${place}.programs.${pattern}`);
      }),
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
  { autoload, attach }: Omit<ProgramNeeds, 'name'>,
  { file, programs }: KnownNames,
  place: string,
): readonly ProgramNeeds[] {
  const wanted = patternOf(pattern);
  const found = programs.filter(({ name }) => wanted.test(name));
  if (found.length === 0) {
    throw absentName(
      place,
      `${file} has no program ${pattern}`,
      pattern,
      programs.map(({ name }) => name),
    );
  }
  for (const program of found) {
    if (typeof attach === 'string') checkAttach(program, attach, place);
    else if (attach !== null) checkAttachTarget(program, place);
  }
  return found.map(({ name }) => ({ name, autoload, attach }));
}

function mapFor(
  name: string,
  { maxEntries, inner, pinned }: MapNeedsConfig,
  { file, maps }: KnownNames,
  place: string,
): MapNeeds {
  if (!maps.includes(name)) throw absentName(place, `${file} has no map ${name}`, name, maps);
  if (typeof inner === 'string' && !maps.includes(inner)) {
    throw absentName(`${place}.inner`, `${file} has no map ${inner}`, inner, maps);
  }
  const pin = typeof pinned === 'string' ? { path: pinned, existing: null } : pinned;
  return {
    name,
    maxEntries: maxEntries ?? null,
    inner: inner ?? null,
    pinned: pin === undefined ? null : { path: pin.path, existing: pin.existing ?? null },
  };
}
