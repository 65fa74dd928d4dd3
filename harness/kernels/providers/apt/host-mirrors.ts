// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { families } from '../../families.js';
import type { AptFamily } from './family.js';
import { embeddedKey, hasKey } from './embedded-key.js';
import { parseDeb822, parseOneLine, type SourceEntry } from './sources-parse.js';

/** Base URIs of one family's archive; `security` is null where the host has none and none can be derived. */
export interface Mirror {
  readonly archive: string;
  readonly security: string | null;
}

/** Personal archives end in /ubuntu like the real one. */
const thirdParty = /^[a-z+]+:\/\/[^/]*\b(launchpad|launchpadcontent)\.net\//;

/** A source as the host has it. */
export interface HostSource extends SourceEntry {
  /** The mirrors that its file of mirrors has, in order; none for any other source, and for a list on the network. */
  readonly listed: readonly string[];
}

/** Where a host has its apt sources. */
export interface SourcePlaces {
  /** File. */
  readonly list: string;
  /** Folder. */
  readonly parts: string;
}

/** Where they are below a folder that is laid out as /etc/apt. */
export function sourcePlacesIn(etcApt: string): SourcePlaces {
  return { list: join(etcApt, 'sources.list'), parts: join(etcApt, 'sources.list.d') };
}

/** The host's apt sources, both formats, in apt's reading order; what cannot be read is left out. */
export async function readHostSources({ list, parts }: SourcePlaces): Promise<HostSource[]> {
  const names = await readdir(parts).catch(() => []);
  const files = [list, ...names.sort().map((name) => join(parts, name))];
  const entries = (await Promise.all(files.map(entriesOf))).flat();
  return Promise.all(entries.map(async (entry) => ({ ...entry, listed: await listedMirrors(entry.uri) })));
}

/** The mirrors in the file of a `mirror+file:` source (apt-transport-mirror(1)): a URI a line, then what is said of it. */
async function listedMirrors(uri: string): Promise<readonly string[]> {
  const file = /^mirror\+file:(?:\/\/)?(\/.*)$/.exec(uri)?.[1];
  const text = file === undefined ? '' : await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => /^\s*([^#\s]\S*)/.exec(line)?.[1] ?? []);
}

async function entriesOf(path: string): Promise<SourceEntry[]> {
  if (!/\.(list|sources)$/.test(path)) return [];
  const text = await readFile(path, 'utf8').catch(() => '');
  return path.endsWith('.list') ? parseOneLine(text) : parseDeb822(text);
}

/**
 * The mirrors of a family among the host's sources, in order, each once. A source belongs to the family when it is
 * signed by the family's keyring, or, without Signed-By, when path and components are the family's; whatever names
 * another key is somebody else's. A key in the source itself is the family's where its keyring has it; where there is no
 * keyring, it is as if none was named. Of a file of mirrors the paths of those that it lists decide.
 */
export function familyMirrors(
  family: AptFamily,
  sources: readonly HostSource[],
  keyring: Buffer | null = null,
): Mirror[] {
  const own = sources.filter((source) => belongsTo(family, source, keyring));
  const isSecurity = (source: HostSource): boolean => source.suite.endsWith('-security');
  const archives = own.filter((source) => !isSecurity(source));
  const security = families[family].security === null ? undefined : own.find(isSecurity);
  const mirrors = archives.map(({ uri, listed }) => ({
    archive: withSlash(uri),
    security: security === undefined ? besideAny(family, [uri, ...listed]) : withSlash(security.uri),
  }));
  return mirrors.filter((mirror, index) => mirrors.findIndex(({ archive }) => archive === mirror.archive) === index);
}

function besideAny(family: AptFamily, uris: readonly string[]): string | null {
  return uris.map((uri) => securityMirrorBeside(family, withSlash(uri))).find((uri) => uri !== null) ?? null;
}

function belongsTo(family: AptFamily, source: HostSource, keyring: Buffer | null): boolean {
  const { components } = families[family].host;
  const ofFamily = new Set<string>(components);
  const places = source.listed.length === 0 ? [source.uri] : source.listed;
  if (places.some((uri) => thirdParty.test(uri))) return false;
  const key = keyOf(family, source, keyring);
  if (key === 'another') return false;
  const known = source.components.length > 0 && source.components.every((component) => ofFamily.has(component));
  return known && (key === 'its own' || places.every((uri) => isPlaceOf(family, uri)));
}

/** Whose key a source names: the family's own, another one, or none that says anything. */
function keyOf(family: AptFamily, { signedBy }: HostSource, keyring: Buffer | null): 'its own' | 'another' | 'none' {
  if (signedBy === null) return 'none';
  const key = embeddedKey(signedBy);
  if (key !== null && keyring === null) return 'none';
  // Several keyrings are separated by commas in one format, by blanks in the other.
  const isOwn = (part: string): boolean => families[family].host.keyring.test(part);
  const isNamed = key === null ? signedBy.split(/[\s,]+/).some(isOwn) : keyring !== null && hasKey(keyring, key);
  return isNamed ? 'its own' : 'another';
}

/** A list of mirrors that cannot be read here is taken for the family's whose name is in its own. */
function isPlaceOf(family: AptFamily, uri: string): boolean {
  const { path, name } = families[family].host;
  return path.test(uri.replace(/\/+$/, '')) || (isMirrorList(uri) && name.test(uri));
}

function isMirrorList(uri: string): boolean {
  return /^mirror\b/.test(uri);
}

/** Where a family's security suites are when nobody says: in the archive itself or in one beside it; null is unknown. */
export function securityMirrorBeside(family: AptFamily, archive: string): string | null {
  const { security } = families[family];
  if (security === null) return archive;
  const match = security.main.exec(archive);
  return match ? withSlash(`${match[1] ?? ''}-security${match[2] ?? ''}`) : null;
}

/** A file of mirrors (`mirror+file:/etc/apt/mirrors/debian.list`) is named as it is. */
function withSlash(uri: string): string {
  return uri.endsWith('/') || isMirrorList(uri) ? uri : `${uri}/`;
}
