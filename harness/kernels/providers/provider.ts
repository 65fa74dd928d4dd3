// SPDX-License-Identifier: Apache-2.0
import { isUnsignedImage, type KernelArtifact } from '../../model/kernel.js';
import type { CatalogKernel } from '../catalog.js';
import type { KernelContext } from '../context.js';
import type { Family } from '../families.js';
import type { LockEntry } from '../lock.js';

/**
 * Why an index or an artifact could not be had from one source. `absent`: the source answers and has no such suite.
 * `busy`: it answers that it limits its callers, or has failed. `expired`: signed, and by its own word no longer to be
 * believed. `disk-full`: not the source's fault. `not-asked`: a public one, and only the host's own may be asked.
 */
export type FailureKind =
  'unreachable' | 'busy' | 'untrusted' | 'expired' | 'absent' | 'damaged' | 'disk-full' | 'not-asked';

/** Artifacts that did not arrive, or not as the signed index lists them. */
export class DownloadError extends Error {
  constructor(
    readonly kind: FailureKind,
    message: string,
  ) {
    super(message);
  }
}

/** An artifact that does not hold what a kernel's artifact holds. */
export class ArtifactError extends Error {
  override readonly name = 'ArtifactError';
}

/** An artifact as a signed index lists it. */
export interface OfferedArtifact extends KernelArtifact {
  readonly architecture: string;
  /** Bytes. */
  readonly size: number;
  /** The provider's own folder for the suite that lists it, made while that was read. */
  readonly root: string;
}

/** A kernel that an index lists, with the artifacts that are needed of it. */
export interface Candidate {
  /** `6.12.117+deb13-cloud-amd64`. */
  readonly release: string;
  readonly version: string;
  /** The one with the image; the other artifacts may be in other suites of the same source. */
  readonly suite: string;
  /** Place of the image among those that a release may have, 0 the best: a signed one comes before an unsigned one. */
  readonly rank: number;
  /** The one with the image first, then modules and configuration as far as the suites still have them. */
  readonly artifacts: readonly [OfferedArtifact, ...OfferedArtifact[]];
}

/** Who was asked. */
export interface Source {
  readonly uri: string;
  /** Where its name comes from, for people. */
  readonly origin: 'configured' | "this host's mirror" | 'public mirror' | 'public snapshot';
}

/** A candidate, and what it can be fetched from. */
export interface Offer {
  readonly candidate: Candidate;
  readonly source: Source;
}

/** Is this one that the host was not set up with. */
export function isPublic({ origin }: Source): boolean {
  return origin === 'public mirror' || origin === 'public snapshot';
}

/** What one source answered for one kernel. */
export interface Answer<Found> {
  /** Newest first. */
  readonly offers: readonly Found[];
  /** Of the suites that could not be read. */
  readonly failures: readonly FailureKind[];
  /** How many suites were read. */
  readonly read: number;
  /** One line per suite. */
  readonly tried: readonly string[];
}

/** The answer of a source that was not asked. */
export function passedOver({ uri, origin }: Source): Answer<never> {
  return { offers: [], failures: ['not-asked'], read: 0, tried: [`${uri} (${origin}): passed over`] };
}

export interface ListOptions {
  /** Picks another snapshot than the catalog's. */
  readonly snapshotDate: string | null;
  readonly onNotice: (text: string) => void;
  /** What is being done, or waited for. */
  readonly onStep: (text: string) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * A way to get kernels, in four steps of which each takes what the one before it gave. `Wanted` is what a kernel is
 * asked for by, `Found` one that is offered, `Unpacked` what has become of it.
 */
export interface Provider<Wanted, Found, Unpacked> {
  /**
   * Asks one source after the other; the caller stops when it has enough.
   * @throws ToolMissingError without a program or a keyring that this needs.
   */
  list(wanted: Wanted, context: KernelContext, options: ListOptions): AsyncGenerator<Answer<Found>>;
  /** Of what one source offers the exact artifacts to take: those of the lock; the newest without one. */
  resolve(offers: readonly Found[], lock: LockEntry | null): Found | undefined;
  /**
   * Brings the artifacts to this host and checks each against its hash; returns their paths, those in `into` if any had
   * to be made. `onStep`: what is waited for.
   * @throws DownloadError; ToolMissingError; the signal's reason.
   */
  fetch(found: Found, into: string, signal?: AbortSignal, onStep?: (text: string) => void): Promise<readonly string[]>;
  /** @throws ArtifactError; ToolMissingError; the signal's reason. */
  unpack(found: Found, files: readonly string[], into: string, signal?: AbortSignal): Promise<Unpacked>;
}

/** A provider of families with archives; it unpacks artifacts into a folder as they would lie on a host. */
export interface ArchiveProvider<F extends Family> extends Provider<CatalogKernel & { family: F }, Offer, void> {
  /** Negative when `left` is the older. */
  readonly compareVersions: (left: string, right: string) => number;
  /** As `--kernel ID/FLAVOUR` names it; null for a release without. */
  readonly flavourOf: (kernel: Pick<CatalogKernel, 'id'> & { family: F }, release: string) => string | null;
  /** Is a release of this name one of the kernel's series, and of its flavour. */
  isOf(
    kernel: Pick<CatalogKernel, 'id' | 'series' | 'flavour'> & { family: F },
    release: string,
    context: KernelContext,
  ): boolean;
  /** Does the dated snapshot of this day have the very artifacts. @throws ToolMissingError; the signal's reason. */
  snapshotHas(
    kernel: CatalogKernel & { family: F },
    artifacts: readonly KernelArtifact[],
    context: KernelContext,
    options: ListOptions,
  ): Promise<boolean>;
}

/** Orders the newest version first; of equal ones that with more of its artifacts, the better image, the release name. */
export function newestOfferFirst(compareVersions: (left: string, right: string) => number) {
  return (a: Candidate, b: Candidate): number =>
    compareVersions(b.version, a.version) ||
    b.artifacts.length - a.artifacts.length ||
    a.rank - b.rank ||
    (a.release < b.release ? -1 : a.release > b.release ? 1 : 0);
}

/** The newest offer; with a lock the one that has every locked artifact, to the byte, narrowed to those. */
export function lockedOrNewestOffer(
  offers: readonly Offer[],
  lock: Pick<LockEntry, 'artifacts'> | null,
): Offer | undefined {
  if (lock === null) return offers[0];
  const name = (artifact: KernelArtifact): string => `${artifact.package} ${artifact.version} ${artifact.sha256}`;
  const locked = new Set(lock.artifacts.map(name));
  for (const offer of offers) {
    const [image, ...rest] = offer.candidate.artifacts.filter((artifact) => locked.has(name(artifact)));
    if (image === undefined || rest.length + 1 < locked.size) continue;
    return { ...offer, candidate: { ...offer.candidate, artifacts: [image, ...rest] } };
  }
  return undefined;
}

/** Null is every series. */
export function isReleaseInSeries(release: string, series: string | null): boolean {
  return series === null || release.startsWith(`${series}.`) || release.startsWith(`${series}-`);
}

/** An artifact as it is kept in the lock, in the cache and in reports. */
export function keptArtifact<A extends KernelArtifact>({
  package: name,
  version,
  architecture,
  sha256,
  size,
}: A): Pick<A, 'package' | 'version' | 'architecture' | 'sha256' | 'size'> {
  return { package: name, version, architecture, sha256, size };
}

/** `6.8.0-31.31`, and whether the image is one that its family has not signed. */
export function describeCandidate({ version, artifacts: [image] }: Candidate): string {
  return isUnsignedImage(image.package) ? `${version}, an unsigned image` : version;
}

/** `ARCHIVE (this host's mirror) RELEASE`: an offer as it is named among what was tried. */
export function offerName({ source, candidate }: Offer): string {
  return `${source.uri} (${source.origin}) ${candidate.release}`;
}
