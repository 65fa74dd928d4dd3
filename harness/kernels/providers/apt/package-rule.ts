// SPDX-License-Identifier: Apache-2.0
import type { CatalogKernel } from '../../catalog.js';
import { families } from '../../families.js';
import { type Candidate, isReleaseInSeries, newestOfferFirst } from '../provider.js';
import { everyFlavour, kernelTarget } from '../../../model/kernel-name.js';
import type { Target } from '../../../target.js';
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
function isOfFlavour(family: AptFamily, release: string, target: Target, wanted: string): boolean {
  const flavour = flavourOf(family, release, target);
  return flavour !== null && (wanted === everyFlavour || flavour === wanted);
}

/** One suite of an archive, read. */
export interface Pocket {
  readonly suite: string;
  /** The private apt root to download from. */
  readonly root: string;
  readonly entries: readonly IndexEntry[];
}

/** An entry, and where it is listed. */
type Listed = IndexEntry & Pick<Pocket, 'suite' | 'root'>;

/**
 * The kernels of the wanted series in the suites of one archive, newest first. A version may have its image in one suite
 * and its modules in another; what more than one suite lists is taken from the first of them.
 */
export function packageCandidates(
  kernel: Pick<CatalogKernel, 'id' | 'series'> & { family: AptFamily },
  flavour: string,
  pockets: readonly Pocket[],
): Candidate[] {
  const listed = pockets.flatMap(({ suite, root, entries }) => entries.map((entry) => ({ ...entry, suite, root })));
  const byName = groupByName(listed);
  const target = kernelTarget(kernel.id);
  const releases = new Set(listed.flatMap((entry) => releaseOf(entry.package) ?? []));
  const found = [...releases]
    .filter(
      (release) => isReleaseInSeries(release, kernel.series) && isOfFlavour(kernel.family, release, target, flavour),
    )
    .flatMap((release) => assemble(kernel.family, release, byName));
  return found.sort(newestOfferFirst(compareDebVersions));
}

function groupByName(listed: readonly Listed[]): ReadonlyMap<string, readonly Listed[]> {
  const groups = new Map<string, Listed[]>();
  for (const entry of listed) groups.set(entry.package, [...(groups.get(entry.package) ?? []), entry]);
  return groups;
}

/** One candidate for each image of the release: an index may list several versions, and of one version several images. */
function assemble(family: AptFamily, release: string, byName: ReadonlyMap<string, readonly Listed[]>): Candidate[] {
  const images = named(families[family].images, release).flatMap((name, rank) =>
    distinct((byName.get(name) ?? []).filter(holdsImage)).map((image) => ({ image, rank })),
  );
  const companions = named(families[family].companions, release);
  return images.map(({ image, rank }) => ({
    release,
    version: image.version,
    suite: image.suite,
    rank,
    artifacts: [image, ...companions.flatMap((name) => companion(byName.get(name), image))],
  }));
}

/** The same version with other bytes is another one. */
function distinct(entries: readonly Listed[]): readonly Listed[] {
  const isSame = (a: Listed, b: Listed): boolean => a.version === b.version && a.sha256 === b.sha256;
  return entries.filter((entry, index) => entries.findIndex((other) => isSame(entry, other)) === index);
}

/** Modules only fit the very build they were made with; those of the image's own suite come first. */
function companion(entries: readonly Listed[] = [], image: Listed): readonly Listed[] {
  const fitting = entries.filter((entry) => entry.version === image.version);
  return [...fitting.filter(({ root }) => root === image.root), ...fitting].slice(0, 1);
}
