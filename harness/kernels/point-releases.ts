// SPDX-License-Identifier: Apache-2.0
import { MatrixError } from '../model/errors.js';
import { ExitCode } from '../model/exit-code.js';
import type { KernelId, KernelResolution, UnavailableKernel } from '../model/kernel.js';
import { kernelIdOf, kernelTarget } from '../model/kernel-name.js';
import { comparePoints, isBetween, type PointVersion, pointVersion } from '../model/point-release.js';
import type { Target } from '../target.js';
import type { CatalogKernel } from './catalog.js';
import type { KernelContext } from './context.js';
import { families, type Family, familyNames } from './families.js';
import { type FetchProgress, fetchOffer } from './fetch.js';
import { providerOf } from './providers/index.js';
import { type Answer, type Offer, offerName } from './providers/provider.js';
import { readyKernel } from './ready.js';
import { ToolMissingError } from './tool.js';
import { toolMissing, unavailableKernel } from './unavailable.js';
import { whyNot } from './why-not.js';

/** A point release that an archive offers. */
export interface PointRelease {
  /** `6.12.43`, or `6.12.43/arm64`. */
  readonly id: KernelId;
  readonly family: Family;
  /** At least one; the newest packaging first. */
  readonly offers: readonly Offer[];
}

export interface PointRange {
  readonly from: PointVersion;
  /** `6.17` includes every 6.17.x. */
  readonly to: PointVersion;
  readonly target: Target;
}

/** The first family of the table whose archives tell point releases apart. */
function bisectable(): { readonly family: Family; readonly alsoIn: readonly string[] } {
  for (const family of familyNames) {
    const { pointReleases: known } = families[family];
    if (known !== null) return { family, alsoIn: known.alsoIn };
  }
  throw new Error('no family tells its point releases apart');
}

/**
 * Every point release in the range that the suites of one family still list, oldest first: those of the first archive that has
 * any.
 * @throws MatrixError (exit 3) when no archive could be asked; the signal's reason.
 */
export async function pointReleases(
  context: KernelContext,
  { from, to, target }: PointRange,
  signal: AbortSignal,
): Promise<readonly PointRelease[]> {
  const every = everySeries(context, target);
  const answers: Answer<Offer>[] = [];
  const tried: string[] = [];
  try {
    const options = {
      snapshotDate: null,
      onNotice: (text: string) => tried.push(text),
      onStep: () => undefined,
      signal,
    };
    for await (const answer of providerOf(every.family).list(every, context, options)) {
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
  const isAsked = ({ id }: PointRelease): boolean => isBetween(numberOf(id), from, to);
  return byPointRelease(every, offers).filter(isAsked);
}

function everySeries({ catalog }: KernelContext, target: Target): CatalogKernel {
  const { family, alsoIn } = bisectable();
  const own = catalog.kernels.filter((kernel) => kernel.family === family && kernel.series !== null);
  const suites = new Set([...own.flatMap((kernel) => kernel.suites), ...alsoIn]);
  const id = kernelIdOf({ base: 'bisect', target, flavour: null });
  return { id, tier: 'extended', family, series: null, suites: [...suites], flavour: null, flavours: {} };
}

function cannotAsk({ detail, next, tried }: UnavailableKernel): MatrixError {
  const message = [`point releases: ${detail}`, ...tried.map((line) => `  tried: ${line}`)].join('\n');
  return new MatrixError(ExitCode.incomplete, { message, next });
}

/** By the number in the package's version, since a release's name has only that of its ABI on older kernels. */
export function byPointRelease(
  { id: all, family }: Pick<CatalogKernel, 'id' | 'family'>,
  offers: readonly Offer[],
): readonly PointRelease[] {
  const target = kernelTarget(all);
  const groups = new Map<KernelId, Offer[]>();
  for (const offer of offers) {
    const base = /^\d+\.\d+\.\d+(?=-)/.exec(offer.candidate.version)?.[0];
    if (base === undefined) continue;
    const id = kernelIdOf({ base, target, flavour: null });
    groups.set(id, [...(groups.get(id) ?? []), offer]);
  }
  return [...groups]
    .map(([id, group]) => ({ id, family, offers: group }))
    .sort((a, b) => comparePoints(numberOf(a.id), numberOf(b.id)));
}

function numberOf(id: KernelId): PointVersion {
  return pointVersion(id.split('/')[0] ?? '') ?? [];
}

/** Gets one of them: from the cache, or the first of its offers that can be had. */
export async function resolvePointRelease(
  { id, family, offers }: PointRelease,
  { store }: KernelContext,
  signal: AbortSignal,
  onProgress: (progress: FetchProgress) => void,
): Promise<KernelResolution> {
  const tried: string[] = [];
  for (const offer of offers) {
    const outcome = await fetchOffer({ id, family }, offer, store, onProgress, signal);
    if (outcome.ok) return readyKernel(id, outcome.entry, 'unlocked', null);
    tried.push(`${offerName(offer)}: ${outcome.detail}`);
  }
  const detail = `${id} is listed, and could not be downloaded`;
  return unavailableKernel({ id, family }, 'ARCHIVE_UNREACHABLE', detail, tried);
}
