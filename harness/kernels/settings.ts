// SPDX-License-Identifier: Apache-2.0
import { archiveSetting, type ArchiveSetting, archiveVariable, familySettings } from './families.js';

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
};

/** The settings with the environment laid over them; an empty variable counts as unset. */
export function archiveSettings(settings: ArchiveSettings, env: NodeJS.ProcessEnv): ArchiveSettings {
  const given = familySettings.flatMap(({ family, role }) => {
    const value = env[archiveVariable(family, role)];
    return value === undefined || value === '' ? [] : [[archiveSetting(family, role), value] as const];
  });
  const country = settings.country ?? territoryOf(env);
  return { ...settings, ...(country === undefined ? {} : { country }), ...Object.fromEntries(given) };
}

/** `DE` of `de_DE.UTF-8`. */
function territoryOf(env: NodeJS.ProcessEnv): string | undefined {
  return /^[a-z]+_([A-Z]{2})\b/.exec(env['LC_ALL'] || env['LANG'] || '')?.[1];
}
