import { access } from 'node:fs/promises';
import type { Catalog, Family } from '../catalog.js';
import { familyMirrors, hostSources, type Mirror, securitySibling } from './host-mirrors.js';

/** What a configuration file or a caller may say about the archives; environment variables win over it. */
export interface ArchiveSettings {
  readonly debianArchive?: string | undefined;
  readonly debianSecurityArchive?: string | undefined;
  readonly ubuntuArchive?: string | undefined;
  readonly debianKeyring?: string | undefined;
  readonly ubuntuKeyring?: string | undefined;
  /** Seconds of silence after which an archive counts as away; 5 when left out. */
  readonly patience?: number | undefined;
  /** Folder with the host's sources.list; tests give another. */
  readonly etcApt?: string | undefined;
}

/** One archive to try. */
export interface Archive extends Mirror {
  readonly family: Family;
  /** Where its name comes from, for people: `configured`, `this host's mirror`, `public snapshot`. */
  readonly origin: 'configured' | "this host's mirror" | 'public snapshot';
  /** Old snapshots have an expired Valid-Until by design. */
  readonly expires: boolean;
}

/** The environment variable in front of each setting. */
const variables = {
  debianArchive: 'BPF_MATRIX_DEBIAN_ARCHIVE',
  debianSecurityArchive: 'BPF_MATRIX_DEBIAN_SECURITY_ARCHIVE',
  ubuntuArchive: 'BPF_MATRIX_UBUNTU_ARCHIVE',
  debianKeyring: 'BPF_MATRIX_DEBIAN_KEYRING',
  ubuntuKeyring: 'BPF_MATRIX_UBUNTU_KEYRING',
} as const;

/** The settings with the environment laid over them; an empty variable counts as unset. */
export function withEnvironment(settings: ArchiveSettings, env: NodeJS.ProcessEnv): ArchiveSettings {
  const given = Object.entries(variables).flatMap(([key, variable]) => {
    const value = env[variable];
    return value === undefined || value === '' ? [] : [[key, value] as const];
  });
  return { ...settings, ...Object.fromEntries(given) };
}

/**
 * The archives of a family in the order they are tried: configured, the host's own, the dated public one.
 * `date` picks another snapshot than the catalog's.
 */
export async function archivesOf(
  family: Family,
  catalog: Catalog,
  settings: ArchiveSettings,
  date: string | null = null,
): Promise<Archive[]> {
  const host = familyMirrors(family, await hostSources(settings.etcApt ?? '/etc/apt'));
  const { snapshot } = catalog.families[family];
  const dated = (uri: string): string => uri.replace('<DATE>', date ?? snapshot.date);
  const all: Archive[] = [
    ...configured(family, settings).map((mirror) => entry(family, 'configured', mirror)),
    ...host.map((mirror) => entry(family, "this host's mirror", mirror)),
    entry(family, 'public snapshot', { archive: dated(snapshot.archive), security: dated(snapshot.security) }),
  ];
  return all.filter((archive, index) => all.findIndex((other) => other.archive === archive.archive) === index);
}

function entry(family: Family, origin: Archive['origin'], mirror: Mirror): Archive {
  return { family, origin, ...mirror, expires: origin !== 'public snapshot' };
}

function configured(family: Family, settings: ArchiveSettings): Mirror[] {
  const archive = family === 'debian' ? settings.debianArchive : settings.ubuntuArchive;
  if (archive === undefined) return [];
  if (family === 'ubuntu') return [{ archive, security: archive }];
  return [{ archive, security: settings.debianSecurityArchive ?? securitySibling(archive) }];
}

/** The URI that serves a suite, or null when this archive has no place for it. */
export function uriFor(archive: Archive, suite: string): string | null {
  return suite.endsWith('-security') ? archive.security : archive.archive;
}

/** The first keyring of the family that exists, or null. */
export async function findKeyring(family: Family, catalog: Catalog, settings: ArchiveSettings): Promise<string | null> {
  const own = family === 'debian' ? settings.debianKeyring : settings.ubuntuKeyring;
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
