// SPDX-License-Identifier: Apache-2.0
import { kernelTarget } from '../../../model/kernel-name.js';
import type { CatalogKernel } from '../../catalog.js';
import { families } from '../../families.js';
import { type Candidate, isReleaseInSeries, newestOfferFirst, type OfferedArtifact } from '../provider.js';
import type { RpmFamily } from './family.js';
import type { RpmPackage } from './primary.js';
import { compareRpmVersions } from './rpm-version.js';

/** The packages that a family's kernels are made of. */
export function kernelPackages(family: RpmFamily): ReadonlySet<string> {
  const { image, modules, moreModules } = families[family].packages;
  return new Set([image, ...modules, ...moreModules]);
}

export interface RpmCandidates {
  /** Newest first. */
  readonly found: readonly Candidate[];
  /** Images without the modules that belong to them, one line each. */
  readonly incomplete: readonly string[];
}

/** The kernels of the wanted series in one repository, whose folder is `root`. */
export function rpmCandidates(
  { id, family, series }: Pick<CatalogKernel, 'id' | 'series'> & { family: RpmFamily },
  suite: string,
  root: string,
  packages: readonly RpmPackage[],
): RpmCandidates {
  const { image, modules, moreModules } = families[family].packages;
  const own = packages.filter(({ architecture }) => architecture === kernelTarget(id).rpmArchitecture);
  const images = own.filter(({ name, release }) => name === image && isReleaseInSeries(release, series));
  const found: Candidate[] = [];
  const incomplete: string[] = [];
  for (const { version, release, ...first } of unique(images)) {
    const of = (name: string): RpmPackage | undefined =>
      own.find((other) => other.name === name && other.version === version);
    const missing = modules.filter((name) => of(name) === undefined);
    const rest = [...modules, ...moreModules].flatMap((name) => of(name) ?? []);
    const offered = (one: RpmPackage): OfferedArtifact => ({ ...artifactOf(one), root });
    const artifacts = [offered({ version, release, ...first }), ...rest.map(offered)] as const;
    if (missing.length === 0) found.push({ release, version, suite, rank: 0, artifacts });
    else incomplete.push(`${first.name} ${version} is there without ${missing.join(' and ')} of that version`);
  }
  return { found: found.sort(newestOfferFirst(compareRpmVersions)), incomplete };
}

/** A package that is listed twice is offered once. */
function unique(images: readonly RpmPackage[]): readonly RpmPackage[] {
  return [...new Map(images.map((image) => [image.version, image])).values()];
}

function artifactOf({ name, version, architecture, sha256, size }: RpmPackage): Omit<OfferedArtifact, 'root'> {
  return { package: name, version, architecture, sha256, size };
}
