// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { contractNames } from '../model/contract-names.js';
import { UsageError } from '../model/errors.js';
import { type Manifest, manifestKey, manifestSchema } from '../model/manifest.js';
import { writeFileAtomic } from '../proc/atomic.js';
import { describeSchemaIssues } from './issues.js';
import { baselineNames, readJsonFile } from './json-file.js';
import { manifestFile } from './manifest-schema.js';
import { upgradedSchema } from './older-schema.js';
import { manifestName } from './paths.js';

/** Manifests by their keys. */
export type Baseline = ReadonlyMap<string, Manifest>;

/** A line a program, a map and a scenario, so that a change of one is a change of one line. */
export function renderManifest(manifest: Manifest): string {
  return `${pretty(manifestFile.parse(manifest), '')}\n`;
}

export function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  return writeFileAtomic(join(folder, manifestName(manifest.kernel.id, manifest.contract)), renderManifest(manifest));
}

/**
 * Every manifest of a folder; null when there is no such folder.
 * @throws UsageError naming the file and the place in it.
 */
export async function readBaseline(folder: string): Promise<Baseline | null> {
  const own = await readContract(folder, undefined);
  if (own === null) return null;
  const others = await Promise.all(otherContracts.map((contract) => readContract(join(folder, contract), contract)));
  const manifests = [own, ...others].flatMap((one) => one ?? []);
  return baselineOf(manifests);
}

/** Manifests by what each is about. */
export function baselineOf(manifests: readonly Manifest[]): Baseline {
  return new Map(manifests.map((manifest) => [manifestKey(manifest.kernel.id, manifest.contract), manifest]));
}

const [, ...otherContracts] = contractNames;

async function readContract(folder: string, contract: string | undefined): Promise<readonly Manifest[] | null> {
  const names = await baselineNames(folder);
  return names === null ? null : Promise.all(names.map((name) => readManifest(join(folder, name), name, contract)));
}

const again = 'write it again with a whole run and --update';

async function readManifest(path: string, name: string, contract: string | undefined): Promise<Manifest> {
  const value = upgradedSchema(await readJsonFile(path, again, 'no manifest'));
  const version = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
  if (version !== manifestSchema) {
    const found = version === undefined ? 'no schema version' : `schema version ${JSON.stringify(version)}`;
    const message = `${path}: at schema: ${found}; this bpf-matrix reads version ${manifestSchema}`;
    throw new UsageError({ message, next: again });
  }
  const parsed = manifestFile.safeParse(value);
  if (!parsed.success) {
    throw new UsageError({ message: `${path}: ${describeSchemaIssues(parsed.error, value)}`, next: again });
  }
  const { id } = parsed.data.kernel;
  if (parsed.data.contract !== contract) {
    const message = `${path}: at contract: is ${parsed.data.contract ?? 'none'}, by its folder it is ${contract ?? 'none'}`;
    throw new UsageError({ message, next: again });
  }
  if (manifestName(id, undefined) === name) return parsed.data;
  throw new UsageError({ message: `${path}: at kernel.id: is about ${id}, by its name it is not`, next: again });
}

/** JSON with every member of an array on one line of its own, unless it holds arrays itself. */
function pretty(value: unknown, indent: string): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const members = value.map((member) => `${inner}${isFlat(member) ? inline(member) : pretty(member, inner)}`);
    return members.length === 0 ? '[]' : `[\n${members.join(',\n')}\n${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, field]) => `${inner}${JSON.stringify(key)}: ${pretty(field, inner)}`);
  return `{\n${fields.join(',\n')}\n${indent}}`;
}

function isFlat(value: unknown): boolean {
  return typeof value !== 'object' || value === null || !Object.values(value).some(Array.isArray);
}

/** Line ends inside strings are escaped by then. */
function inline(value: unknown): string {
  return JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ');
}
