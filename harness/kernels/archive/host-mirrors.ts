import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Family } from '../catalog.js';
import { parseDeb822, parseOneLine, type SourceEntry } from './sources-parse.js';

/** Base URIs of one family's archive; `security` is null where the host has none and none can be derived. */
export interface Mirror {
  readonly archive: string;
  readonly security: string | null;
}

interface Traits {
  readonly keyring: RegExp;
  readonly path: RegExp;
  readonly components: ReadonlySet<string>;
}

const traits: Readonly<Record<Family, Traits>> = {
  debian: {
    keyring: /\/debian-archive-[a-z-]*\.(gpg|pgp|asc)$/,
    path: /(^|\/)debian(-security)?(\.list)?$/,
    components: new Set(['main', 'contrib', 'non-free', 'non-free-firmware']),
  },
  ubuntu: {
    keyring: /\/ubuntu-archive-keyring\.(gpg|pgp|asc)$/,
    path: /(^|\/)ubuntu(\.list)?$/,
    components: new Set(['main', 'restricted', 'universe', 'multiverse']),
  },
};

/** Personal archives end in /ubuntu like the real one. */
const thirdParty = /^[a-z+]+:\/\/[^/]*\b(launchpad|launchpadcontent)\.net\//;

/** The host's apt sources, both formats, in apt's reading order; what cannot be read is left out. */
export async function hostSources(etcApt: string): Promise<SourceEntry[]> {
  const parts = await readdir(join(etcApt, 'sources.list.d')).catch(() => []);
  const files = ['sources.list', ...parts.sort().map((name) => join('sources.list.d', name))];
  const entries = await Promise.all(files.map((name) => entriesOf(join(etcApt, name))));
  return entries.flat();
}

async function entriesOf(path: string): Promise<SourceEntry[]> {
  if (!/\.(list|sources)$/.test(path)) return [];
  const text = await readFile(path, 'utf8').catch(() => '');
  return path.endsWith('.list') ? parseOneLine(text) : parseDeb822(text);
}

/**
 * The mirrors of a family among the host's sources, in order, each once. A source belongs to the family when it is
 * signed by the family's keyring, or, without Signed-By, when path and components are the family's; whatever names
 * another key is somebody else's.
 */
export function familyMirrors(family: Family, sources: readonly SourceEntry[]): Mirror[] {
  const own = sources.filter((source) => belongsTo(family, source));
  const isSecurity = (source: SourceEntry): boolean => source.suite.endsWith('-security');
  const archives = unique(own.filter((source) => !isSecurity(source)).map((source) => withSlash(source.uri)));
  const security = unique(own.filter(isSecurity).map((source) => withSlash(source.uri)));
  if (family === 'ubuntu') return archives.map((archive) => ({ archive, security: archive }));
  return archives.map((archive) => ({ archive, security: security[0] ?? securitySibling(archive) }));
}

function belongsTo(family: Family, source: SourceEntry): boolean {
  const { keyring, path, components } = traits[family];
  if (thirdParty.test(source.uri)) return false;
  if (source.signedBy !== null && !source.signedBy.split(/\s+/).some((part) => keyring.test(part))) return false;
  const known = source.components.length > 0 && source.components.every((component) => components.has(component));
  return known && (source.signedBy !== null || path.test(source.uri.replace(/\/+$/, '')));
}

/** Debian's security suites live next to the main archive: `.../debian-security` beside `.../debian`. */
export function securitySibling(archive: string): string | null {
  const match = /^(.*\/debian)(\.list)?\/?$/.exec(archive);
  return match ? withSlash(`${match[1] ?? ''}-security${match[2] ?? ''}`) : null;
}

/** A file of mirrors (`mirror+file:/etc/apt/mirrors/debian.list`) is named as it is. */
function withSlash(uri: string): string {
  return uri.endsWith('/') || /^mirror\b/.test(uri) ? uri : `${uri}/`;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
