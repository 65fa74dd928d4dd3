// SPDX-License-Identifier: Apache-2.0
import { UsageError } from '../model/errors.js';
import {
  archiveSetting,
  type ArchiveSetting,
  archiveVariable,
  type AskedMirrors,
  askedMirrors,
  familySettings,
} from './families.js';

/** What a configuration file or a caller may say about the archives; environment variables win over it. */
export type ArchiveSettings = {
  readonly [S in ArchiveSetting]?: string | undefined;
} & {
  /** Seconds of silence after which an archive counts as away; 5 when left out. */
  readonly patience?: number | undefined;
  /** Folder with the host's sources.list; tests give another. */
  readonly etcApt?: string | undefined;
  /** `DE`: public mirrors of this country are asked too; of the locale's when left out. */
  readonly country?: string | undefined;
  /** Believe an index that is older than its Valid-Until says; every report says so. */
  readonly allowExpired?: boolean | undefined;
  /** Who may be asked; `public` when left out. */
  readonly mirrors?: AskedMirrors | undefined;
};

/** The environment's word for `allowExpired`: 1 or 0. */
export const expiredVariable = 'BPF_MATRIX_ALLOW_EXPIRED';
/** The environment's word for `mirrors`. */
export const mirrorsVariable = 'BPF_MATRIX_MIRRORS';

/** The settings with the environment laid over them; an empty variable counts as unset. Throws UsageError. */
export function archiveSettings(settings: ArchiveSettings, env: NodeJS.ProcessEnv): ArchiveSettings {
  const given = familySettings.flatMap(({ family, role }) => {
    const value = env[archiveVariable(family, role)];
    return value === undefined || value === '' ? [] : [[archiveSetting(family, role), value] as const];
  });
  const country = settings.country ?? territoryOf(env);
  const expired = allowExpired(env);
  const mirrors = mirrorsOf(env);
  return {
    ...settings,
    ...(mirrors === undefined ? {} : { mirrors }),
    ...(expired === undefined ? {} : { allowExpired: expired }),
    ...(country === undefined ? {} : { country }),
    ...Object.fromEntries(given),
  };
}

function allowExpired(env: NodeJS.ProcessEnv): boolean | undefined {
  const text = env[expiredVariable] ?? '';
  if (text === '') return undefined;
  if (text === '0' || text === '1') return text === '1';
  throw new UsageError({ message: `${expiredVariable} takes 0 or 1, not '${text}'`, next: 'leave it out for 0' });
}

function mirrorsOf(env: NodeJS.ProcessEnv): AskedMirrors | undefined {
  const text = env[mirrorsVariable] ?? '';
  if (text === '') return undefined;
  const known = askedMirrors.find((name) => name === text);
  if (known !== undefined) return known;
  throw new UsageError({
    message: `${mirrorsVariable} takes ${askedMirrors.join(' or ')}, not '${text}'`,
    next: 'leave it out for public',
  });
}

/** Is an archive asked that this host is not set up with. */
export function asksPublic({ mirrors }: Pick<ArchiveSettings, 'mirrors'>): boolean {
  return mirrors !== 'host';
}

/** What became of a public archive, and by what; what that means is said once a run. */
export const passedOverNote = `passed over (${mirrorsVariable}=host or archives.mirrors)`;

/** `DE` of `de_DE.UTF-8`. */
function territoryOf(env: NodeJS.ProcessEnv): string | undefined {
  return /^[a-z]+_([A-Z]{2})\b/.exec(env['LC_ALL'] || env['LANG'] || '')?.[1];
}
