// SPDX-License-Identifier: Apache-2.0
/**
 * The families of distributions that kernels are taken from, one row each; the only place that knows them apart. A leaf:
 * it imports nothing, so that the model, the configuration and stored results can take their names from it. What a
 * family's archive is called and where it is, people may change: that is in kernels/catalog.json.
 */

/** What can be said of a family's archives, in matrix.config.json and by environment. */
export type SettingRole = 'Archive' | 'SecurityArchive' | 'Keyring';

/** `host`: only archives that are configured, or among the host's apt sources; `public`: public ones after those. */
export const askedMirrors = ['host', 'public'] as const;
export type AskedMirrors = (typeof askedMirrors)[number];

interface FamilyRow {
  /** The module in `providers/` that gets its kernels. */
  readonly provider: string;
  /** As people write it. */
  readonly title: string;
  /** Of which its archives have kernels where the catalog looks, by their names in target.ts. */
  readonly architectures: readonly string[];
  readonly settings: readonly SettingRole[];
  /**
   * Whether the package's version begins with the number of the point release, as `6.12.43-1` does: such a family can be
   * bisected. `alsoIn` has suites that keep old point releases and that no kernel of the catalog is taken from.
   */
  readonly pointReleases: { readonly alsoIn: readonly string[] } | null;
}

/** A family with archives that apt reads. */
interface AptFamilyRow extends FamilyRow {
  readonly provider: 'apt';
  /** How a source among the host's is recognised as this family's; `name` is of a list of mirrors on the network. */
  readonly host: {
    readonly keyring: RegExp;
    readonly path: RegExp;
    readonly name: RegExp;
    readonly components: readonly string[];
  };
  /**
   * Null: suites that end in `-security` are in the archive itself. Else they are in one beside it, whose name has
   * `-security` after what the first group of `main` matches of the archive's URI.
   */
  readonly security: { readonly main: RegExp } | null;
  /** The family whose archive has this one's keyring as a package. */
  readonly keyringFrom: string;
  /** How releases end, by flavour: the one that has no name of its own, and the others. */
  readonly flavours: { readonly plain: string; readonly named: string };
  /** Names of packages that may hold the image of `<RELEASE>`, best first. */
  readonly images: readonly string[];
  /** Names of packages with the rest of it: modules, configuration. */
  readonly companions: readonly string[];
}

/** A family with repositories of rpm packages. */
interface RpmFamilyRow extends FamilyRow {
  readonly provider: 'rpm';
  /** Names of packages; all of a kernel have its version. */
  readonly packages: {
    readonly image: string;
    /** Without one of these a kernel is not whole. */
    readonly modules: readonly string[];
    /** Taken where they are there: releases cut their modules into more packages, or fewer. */
    readonly moreModules: readonly string[];
  };
}

export const families = {
  debian: {
    provider: 'apt',
    title: 'Debian',
    architectures: ['x86_64', 'arm64'],
    settings: ['Archive', 'SecurityArchive', 'Keyring'],
    pointReleases: { alsoIn: ['bookworm-backports'] },
    host: {
      keyring: /\/debian-archive-[a-z-]*\.(gpg|pgp|asc)$/,
      path: /(^|\/)debian(-security)?(\.list)?$/,
      name: /\bdebian\b/,
      components: ['main', 'contrib', 'non-free', 'non-free-firmware'],
    },
    // `.../debian-security` beside `.../debian`, for a file of mirrors too.
    security: { main: /^(.*\/debian)(\.list)?\/?$/ },
    keyringFrom: 'ubuntu',
    flavours: { plain: '<ARCH>', named: '<FLAVOUR>-<ARCH>' },
    // Split off into linux-binary-* in 6.19; the unsigned ones appear before the signed ones and differ by the signature.
    images: [
      'linux-binary-<RELEASE>',
      'linux-image-<RELEASE>',
      'linux-binary-unsigned-<RELEASE>',
      'linux-image-<RELEASE>-unsigned',
    ],
    // The configuration of split kernels is in linux-base-*.
    companions: ['linux-modules-<RELEASE>', 'linux-base-<RELEASE>'],
  },
  ubuntu: {
    provider: 'apt',
    title: 'Ubuntu',
    // arm64 is in another archive, ports.ubuntu.com.
    architectures: ['x86_64'],
    settings: ['Archive', 'Keyring'],
    // `6.8.0-149.149` is of 6.8.12 or so.
    pointReleases: null,
    host: {
      keyring: /\/ubuntu-archive-keyring\.(gpg|pgp|asc)$/,
      path: /(^|\/)ubuntu(\.list)?$/,
      name: /\bubuntu\b/,
      components: ['main', 'restricted', 'universe', 'multiverse'],
    },
    security: null,
    keyringFrom: 'debian',
    flavours: { plain: 'generic', named: '<FLAVOUR>' },
    images: ['linux-image-<RELEASE>', 'linux-image-unsigned-<RELEASE>'],
    // It has the configuration and all that guests load; the large linux-modules-extra-* is not needed.
    companions: ['linux-modules-<RELEASE>'],
  },
  fedora: {
    provider: 'rpm',
    title: 'Fedora',
    architectures: ['x86_64'],
    settings: ['Archive', 'Keyring'],
    pointReleases: null,
    packages: { image: 'kernel-core', modules: ['kernel-modules-core', 'kernel-modules'], moreModules: [] },
  },
  centos: {
    provider: 'rpm',
    title: 'CentOS Stream',
    architectures: ['x86_64'],
    settings: ['Archive', 'Keyring'],
    pointReleases: null,
    packages: { image: 'kernel-core', modules: ['kernel-modules-core', 'kernel-modules'], moreModules: [] },
  },
  oraclelinux: {
    provider: 'rpm',
    title: 'Oracle Linux',
    architectures: ['x86_64'],
    settings: ['Archive', 'Keyring'],
    pointReleases: null,
    // UEK 7 has its first modules in kernel-uek-core, UEK 8 in a package of their own.
    packages: { image: 'kernel-uek-core', modules: ['kernel-uek-modules'], moreModules: ['kernel-uek-modules-core'] },
  },
} as const satisfies Readonly<Record<string, AptFamilyRow | RpmFamilyRow>>;

export type Family = keyof typeof families;
export type ProviderName = (typeof families)[Family]['provider'];
/** The families that one provider serves. */
export type FamilyOf<P extends ProviderName> = {
  [F in Family]: (typeof families)[F]['provider'] extends P ? F : never;
}[Family];

/** The packages that have the modules of a release: where a mirror has lost them, the image is there alone. */
export function modulePackages(family: Family, release: string): readonly string[] {
  const row = families[family];
  if (row.provider === 'rpm') return row.packages.modules;
  return row.companions.slice(0, 1).map((name) => name.replace('<RELEASE>', release));
}

export const familyNames = Object.keys(families) as readonly Family[];

/** `debianSecurityArchive`: a key of `archives` in matrix.config.json. */
export type ArchiveSetting = `${Family}${SettingRole}`;

export function archiveSetting(family: Family, role: SettingRole): ArchiveSetting {
  return `${family}${role}`;
}

/** `BPF_MATRIX_DEBIAN_SECURITY_ARCHIVE`: the environment variable that wins over the setting. */
export function archiveVariable(family: Family, role: SettingRole): string {
  return `BPF_MATRIX_${family}${role.replace(/[A-Z]/g, '_$&')}`.toUpperCase();
}

export interface FamilySetting {
  readonly family: Family;
  readonly role: SettingRole;
}

/** Every setting that there is. */
export const familySettings: readonly FamilySetting[] = familyNames.flatMap((family) =>
  families[family].settings.map((role) => ({ family, role })),
);
