import { assertNever } from '../model/assert-never.js';
import type { CatalogKernel, Family } from './catalog.js';
import { compareDebVersions } from './deb-version.js';
import type { IndexEntry } from './packages-index.js';

/** A kernel that an index offers, with the packages that are needed of it. */
export interface Candidate {
  /** `6.12.117+deb13-cloud-amd64`. */
  readonly release: string;
  readonly version: string;
  readonly suite: string;
  /** The one with the image first, then modules and configuration as far as the index still has them. */
  readonly debs: readonly IndexEntry[];
}

/**
 * Names of packages that may hold the image of a release, best first. Debian split the image off into linux-binary-*
 * in 6.19; the unsigned ones appear in the archive before the signed ones do and differ by the signature only.
 */
function imagePackages(family: Family, release: string): readonly string[] {
  switch (family) {
    case 'debian':
      return [
        `linux-binary-${release}`,
        `linux-image-${release}`,
        `linux-binary-unsigned-${release}`,
        `linux-image-${release}-unsigned`,
      ];
    case 'ubuntu':
      return [`linux-image-${release}`, `linux-image-unsigned-${release}`];
    default:
      return assertNever(family);
  }
}

/**
 * Debian keeps the configuration of split kernels in linux-base-*; Ubuntu's is in linux-modules-*, which also has all
 * that guests load, so that the large linux-modules-extra-* is not needed.
 */
function companionPackages(family: Family, release: string): readonly string[] {
  return [`linux-modules-${release}`, ...(family === 'debian' ? [`linux-base-${release}`] : [])];
}

/** Metapackages and the stubs in front of linux-binary-* hold no image: they depend on the package that does. */
function holdsImage(entry: IndexEntry): boolean {
  return !/\blinux-(image|binary)-\d/.test(entry.depends);
}

function releaseOf(name: string, flavour: string): string | null {
  const match = /^linux-(?:image|binary)-(?:unsigned-)?(\d.*?)(?:-unsigned)?$/.exec(name);
  const release = match?.[1] ?? '';
  return release.endsWith(`-${flavour}`) ? release : null;
}

/** Null is every series. */
export function inSeries(release: string, series: string | null): boolean {
  return series === null || release.startsWith(`${series}.`) || release.startsWith(`${series}-`);
}

/** The kernels of the wanted series in one index, newest first. */
export function candidates(
  kernel: Pick<CatalogKernel, 'family' | 'series'>,
  flavour: string,
  suite: string,
  index: readonly IndexEntry[],
): Candidate[] {
  const byName = groupByName(index);
  const releases = new Set(index.flatMap((entry) => releaseOf(entry.package, flavour) ?? []));
  const found = [...releases]
    .filter((release) => inSeries(release, kernel.series))
    .flatMap((release) => assemble(kernel.family, release, suite, byName));
  return found.sort(newestFirst);
}

/** Newest version first; of equal versions the one with more of its packages, then by release name. */
export function newestFirst(a: Candidate, b: Candidate): number {
  return (
    compareDebVersions(b.version, a.version) ||
    b.debs.length - a.debs.length ||
    (a.release < b.release ? -1 : a.release > b.release ? 1 : 0)
  );
}

function groupByName(index: readonly IndexEntry[]): ReadonlyMap<string, readonly IndexEntry[]> {
  const groups = new Map<string, IndexEntry[]>();
  for (const entry of index) groups.set(entry.package, [...(groups.get(entry.package) ?? []), entry]);
  return groups;
}

/** One candidate per version of the release, since an index may list several. */
function assemble(
  family: Family,
  release: string,
  suite: string,
  byName: ReadonlyMap<string, readonly IndexEntry[]>,
): Candidate[] {
  const images = new Map<string, IndexEntry>();
  for (const name of imagePackages(family, release)) {
    for (const entry of byName.get(name) ?? []) {
      if (holdsImage(entry) && !images.has(entry.version)) images.set(entry.version, entry);
    }
  }
  return [...images.values()].map((image) => ({
    release,
    version: image.version,
    suite,
    debs: [image, ...companionPackages(family, release).flatMap((name) => companion(byName.get(name), image))],
  }));
}

/** Modules only fit the very build they were made with. */
function companion(entries: readonly IndexEntry[] | undefined, image: IndexEntry): readonly IndexEntry[] {
  return (entries ?? []).filter((entry) => entry.version === image.version).slice(0, 1);
}
