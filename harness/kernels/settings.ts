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
};

/** The settings with the environment laid over them; an empty variable counts as unset. */
export function archiveSettings(settings: ArchiveSettings, env: NodeJS.ProcessEnv): ArchiveSettings {
  const given = familySettings.flatMap(({ family, role }) => {
    const value = env[archiveVariable(family, role)];
    return value === undefined || value === '' ? [] : [[archiveSetting(family, role), value] as const];
  });
  return { ...settings, ...Object.fromEntries(given) };
}
