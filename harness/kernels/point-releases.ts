import { MatrixError } from '../model/errors.js';
import { ExitCode } from '../model/exit-code.js';
import type { KernelId, KernelResolution, UnavailableKernel } from '../model/kernel.js';
import { comparePoints, isBetween, type PointVersion, pointVersion } from '../model/point-release.js';
import type { CatalogKernel, Family } from './catalog.js';
import type { KernelContext } from './context.js';
import { type FetchProgress, fetchOffer } from './fetch.js';
import { readyKernel } from './ready.js';
import { type ArchiveAnswer, type Offer, searchArchives } from './search.js';
import { ToolMissingError } from './tool.js';
import { toolMissing, unavailable } from './unavailable.js';
import { whyNot } from './why-not.js';

/** A point release that an archive offers. */
export interface PointRelease {
  /** `6.12.43`. */
  readonly id: KernelId;
  /** At least one; the newest packaging first. */
  readonly offers: readonly Offer[];
}

export interface PointRange {
  readonly from: PointVersion;
  /** `6.17` includes every 6.17.x. */
  readonly to: PointVersion;
}

/** Debian's: Ubuntu's package versions do not tell the point release. */
const family: Family = 'debian';
/** Keeps old point releases of a series that the release after it has, too. */
const moreSuites = ['bookworm-backports'];

/**
 * Every point release in the range that Debian's suites still list, oldest first: those of the first archive that has
 * any.
 * @throws MatrixError (exit 3) when no archive could be asked; the signal's reason.
 */
export async function pointReleases(
  context: KernelContext,
  { from, to }: PointRange,
  signal: AbortSignal,
): Promise<readonly PointRelease[]> {
  const every = everySeries(context);
  const answers: ArchiveAnswer[] = [];
  const tried: string[] = [];
  try {
    const options = { snapshotDate: null, onNotice: (text: string) => tried.push(text), signal };
    for await (const answer of searchArchives(every, context, options)) {
      answers.push(answer);
      tried.push(...answer.tried);
      if (answer.offers.length > 0) break;
    }
  } catch (error) {
    if (!(error instanceof ToolMissingError)) throw error;
    throw cannotAsk(toolMissing(every, error, tried));
  }
  signal.throwIfAborted();
  const offers = answers.flatMap((answer) => answer.offers);
  if (offers.length === 0) throw cannotAsk(whyNot(every, answers, [], tried));
  return byPointRelease(offers).filter(({ id }) => isBetween(pointVersion(id) ?? [], from, to));
}

function everySeries({ catalog }: KernelContext): CatalogKernel {
  const own = catalog.kernels.filter((kernel) => kernel.family === family && kernel.series !== null);
  const suites = new Set([...own.flatMap((kernel) => kernel.suites), ...moreSuites]);
  return { id: 'bisect', tier: 'extended', family, series: null, suites: [...suites] };
}

function cannotAsk({ detail, next, tried }: UnavailableKernel): MatrixError {
  const message = [`point releases: ${detail}`, ...tried.map((line) => `  tried: ${line}`)].join('\n');
  return new MatrixError(ExitCode.incomplete, { message, next });
}

/** By the number in the package's version, since a release's name has only that of its ABI on older kernels. */
export function byPointRelease(offers: readonly Offer[]): readonly PointRelease[] {
  const groups = new Map<KernelId, Offer[]>();
  for (const offer of offers) {
    const id = /^\d+\.\d+\.\d+(?=-)/.exec(offer.candidate.version)?.[0];
    if (id !== undefined) groups.set(id, [...(groups.get(id) ?? []), offer]);
  }
  return [...groups]
    .map(([id, group]) => ({ id, offers: group }))
    .sort((a, b) => comparePoints(pointVersion(a.id) ?? [], pointVersion(b.id) ?? []));
}

/** Gets one of them: from the cache, or the first of its offers that can be had. */
export async function resolvePointRelease(
  { id, offers }: PointRelease,
  { store }: KernelContext,
  signal: AbortSignal,
  onProgress: (progress: FetchProgress) => void,
): Promise<KernelResolution> {
  const tried: string[] = [];
  for (const offer of offers) {
    const outcome = await fetchOffer(family, offer, store, onProgress, signal);
    if (outcome.ok) return readyKernel(id, outcome.entry, 'unlocked', null);
    tried.push(`${offer.archive.archive} (${offer.archive.origin}) ${offer.candidate.release}: ${outcome.detail}`);
  }
  const detail = `${id} is listed, and could not be downloaded`;
  return unavailable({ id, family }, 'ARCHIVE_UNREACHABLE', detail, tried);
}
