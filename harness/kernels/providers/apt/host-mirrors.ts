// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { families } from '../../families.js';
import type { AptFamily } from './family.js';
import { parseDeb822, parseOneLine, type SourceEntry } from './sources-parse.js';

/** Base URIs of one family's archive; `security` is null where the host has none and none can be derived. */
export interface Mirror {
  readonly archive: string;
  readonly security: string | null;
}

/** Personal archives end in /ubuntu like the real one. */
const thirdParty = /^[a-z+]+:\/\/[^/]*\b(launchpad|launchpadcontent)\.net\//;

/** The host's apt sources, both formats, in apt's reading order; what cannot be read is left out. */
export async function readHostSources(etcApt: string): Promise<SourceEntry[]> {
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
export function familyMirrors(family: AptFamily, sources: readonly SourceEntry[]): Mirror[] {
  const own = sources.filter((source) => belongsTo(family, source));
  const isSecurity = (source: SourceEntry): boolean => source.suite.endsWith('-security');
  const archives = unique(own.filter((source) => !isSecurity(source)).map((source) => withSlash(source.uri)));
  const security = unique(own.filter(isSecurity).map((source) => withSlash(source.uri)));
  const beside = families[family].security === null ? undefined : security[0];
  return archives.map((archive) => ({ archive, security: beside ?? securityMirrorBeside(family, archive) }));
}

function belongsTo(family: AptFamily, source: SourceEntry): boolean {
  const { keyring, path, components } = families[family].host;
  const ofFamily = new Set<string>(components);
  if (thirdParty.test(source.uri)) return false;
  if (source.signedBy !== null && !source.signedBy.split(/\s+/).some((part) => keyring.test(part))) return false;
  const known = source.components.length > 0 && source.components.every((component) => ofFamily.has(component));
  return known && (source.signedBy !== null || path.test(source.uri.replace(/\/+$/, '')));
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
  return uri.endsWith('/') || /^mirror\b/.test(uri) ? uri : `${uri}/`;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
