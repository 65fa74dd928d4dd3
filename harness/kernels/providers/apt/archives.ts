// SPDX-License-Identifier: Apache-2.0
import { access, readFile } from 'node:fs/promises';
import type { Catalog } from '../../catalog.js';
import { archiveSetting } from '../../families.js';
import { type ArchiveSettings, asksPublic } from '../../settings.js';
import { withoutCredentials } from '../credentials.js';
import { isPublic, type Source } from '../provider.js';
import { hostTarget } from '../../../target.js';
import type { AptFamily } from './family.js';
import { hostSourcePlaces } from './host-apt.js';
import {
  familyMirrors,
  readHostSources,
  type Mirror,
  securityMirrorBeside,
  sourcePlacesIn,
  type SourcePlaces,
} from './host-mirrors.js';
import { publicMirrors } from './public-mirrors.js';

/** One archive to try. */
export interface Archive extends Mirror {
  readonly family: AptFamily;
  readonly origin: Source['origin'];
  /** Is its Valid-Until looked at; snapshots are old by design. */
  readonly expires: boolean;
}

/**
 * The archives of a family in the order they are tried: configured, the host's own, public live ones, the dated public one,
 * which limits its callers. `date` picks another snapshot than the catalog's. Where the settings keep the harness off public
 * ones, these are in `passedOver`, and nobody is to ask them.
 */
export async function archivesOf(
  family: AptFamily,
  catalog: Catalog,
  settings: ArchiveSettings,
  date: string | null = null,
): Promise<{ readonly asked: readonly Archive[]; readonly passedOver: readonly Archive[] }> {
  const all = await knownArchives(family, catalog, settings, date);
  const mayAsk = (archive: Archive): boolean => asksPublic(settings) || !isPublic(sourceOf(archive));
  return { asked: all.filter(mayAsk), passedOver: all.filter((archive) => !mayAsk(archive)) };
}

/** As reports name it. */
export function sourceOf({ archive, origin }: Archive): Source {
  return { uri: withoutCredentials(archive), origin };
}

async function knownArchives(
  family: AptFamily,
  catalog: Catalog,
  settings: ArchiveSettings,
  date: string | null,
): Promise<Archive[]> {
  const keyring = await findKeyring(family, catalog, settings);
  const sources = await readHostSources(await sourcePlaces(settings));
  const own = familyMirrors(family, sources, keyring === null ? null : await readFile(keyring));
  const given = configured(family, settings);
  const known = [...given, ...own].map(({ archive }) => archive);
  const open = await publicMirrors(family, catalog, { country: settings.country ?? null, host: hostTarget }, known);
  const { snapshot } = catalog.families[family];
  const dated = (uri: string): string => uri.replace('<DATE>', date ?? snapshot.date);
  const entry = (origin: Archive['origin'], mirror: Mirror): Archive => {
    return { family, origin, ...mirror, expires: origin !== 'public snapshot' && settings.allowExpired !== true };
  };
  const all: Archive[] = [
    ...given.map((mirror) => entry('configured', mirror)),
    ...own.map((mirror) => entry("this host's mirror", mirror)),
    ...open.map((mirror) => entry('public mirror', mirror)),
    entry('public snapshot', { archive: dated(snapshot.archive), security: dated(snapshot.security) }),
  ];
  return all.filter((archive, index) => all.findIndex((other) => other.archive === archive.archive) === index);
}

function sourcePlaces({ etcApt }: ArchiveSettings): Promise<SourcePlaces> | SourcePlaces {
  return etcApt === undefined ? hostSourcePlaces() : sourcePlacesIn(etcApt);
}

function configured(family: AptFamily, settings: ArchiveSettings): Mirror[] {
  const archive = settings[archiveSetting(family, 'Archive')];
  if (archive === undefined) return [];
  const security = settings[archiveSetting(family, 'SecurityArchive')] ?? securityMirrorBeside(family, archive);
  return [{ archive, security }];
}

/** The URI that serves a suite, or null when this archive has no place for it. */
export function archiveUri(archive: Archive, suite: string): string | null {
  return suite.endsWith('-security') ? archive.security : archive.archive;
}

/** The first keyring of the family that exists, or null. */
export async function findKeyring(
  family: AptFamily,
  catalog: Catalog,
  settings: ArchiveSettings,
): Promise<string | null> {
  const own = settings[archiveSetting(family, 'Keyring')];
  for (const path of own === undefined ? catalog.families[family].keyrings : [own]) {
    if (await readable(path)) return path;
  }
  return null;
}

async function readable(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
