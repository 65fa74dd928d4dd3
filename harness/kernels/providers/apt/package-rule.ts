// SPDX-License-Identifier: Apache-2.0
import type { CatalogKernel } from '../../catalog.js';
import { families } from '../../families.js';
import { type Candidate, isReleaseInSeries, newestOfferFirst } from '../provider.js';
import { everyFlavour } from '../../../model/kernel-name.js';
import { compareDebVersions } from './deb-version.js';
import type { AptFamily } from './family.js';
import { flavourOf } from './flavour.js';
import type { IndexEntry } from './packages-index.js';

function named(templates: readonly string[], release: string): readonly string[] {
  return templates.map((template) => template.replace('<RELEASE>', release));
}

/** Metapackages and the stubs in front of linux-binary-* hold no image: they depend on the package that does. */
function holdsImage(entry: IndexEntry): boolean {
  return !/\blinux-(image|binary)-\d/.test(entry.depends);
}

function releaseOf(name: string): string | null {
  return /^linux-(?:image|binary)-(?:unsigned-)?(\d.*?)(?:-unsigned)?$/.exec(name)?.[1] ?? null;
}

/** One that has a flavour, whatever it is, for {@link everyFlavour}. */
function isOfFlavour(family: AptFamily, release: string, wanted: string): boolean {
  const flavour = flavourOf(family, release);
  return flavour !== null && (wanted === everyFlavour || flavour === wanted);
}

/** The kernels of the wanted series in one index, newest first. */
export function packageCandidates(
  kernel: Pick<CatalogKernel, 'series'> & { family: AptFamily },
  flavour: string,
  suite: string,
  index: readonly IndexEntry[],
): Candidate[] {
  const byName = groupByName(index);
  const releases = new Set(index.flatMap((entry) => releaseOf(entry.package) ?? []));
  const found = [...releases]
    .filter((release) => isReleaseInSeries(release, kernel.series) && isOfFlavour(kernel.family, release, flavour))
    .flatMap((release) => assemble(kernel.family, release, suite, byName));
  return found.sort(newestOfferFirst(compareDebVersions));
}

function groupByName(index: readonly IndexEntry[]): ReadonlyMap<string, readonly IndexEntry[]> {
  const groups = new Map<string, IndexEntry[]>();
  for (const entry of index) groups.set(entry.package, [...(groups.get(entry.package) ?? []), entry]);
  return groups;
}

/** One candidate per version of the release, since an index may list several. */
function assemble(
  family: AptFamily,
  release: string,
  suite: string,
  byName: ReadonlyMap<string, readonly IndexEntry[]>,
): Candidate[] {
  const images = new Map<string, IndexEntry>();
  for (const name of named(families[family].images, release)) {
    for (const entry of byName.get(name) ?? []) {
      if (holdsImage(entry) && !images.has(entry.version)) images.set(entry.version, entry);
    }
  }
  return [...images.values()].map((image) => ({
    release,
    version: image.version,
    suite,
    artifacts: [
      image,
      ...named(families[family].companions, release).flatMap((name) => companion(byName.get(name), image)),
    ],
  }));
}

/** Modules only fit the very build they were made with. */
function companion(entries: readonly IndexEntry[] | undefined, image: IndexEntry): readonly IndexEntry[] {
  return (entries ?? []).filter((entry) => entry.version === image.version).slice(0, 1);
}
