// SPDX-License-Identifier: Apache-2.0
import type { KernelId, UnavailableKernel } from '../model/kernel.js';
import { everyFlavour, kernelName } from '../model/kernel-name.js';
import { type CatalogKernel, catalogKernel } from './catalog.js';
import type { KernelContext } from './context.js';
import type { Family } from './families.js';
import { offersOf } from './offered.js';
import { providerOf } from './providers/index.js';

/** A flavour of a kernel of the catalog, as an archive offers it. */
export interface FlavourRow {
  /** As `--kernel` takes it; the id of the catalog for the flavour that it takes anyway. */
  readonly id: KernelId;
  readonly flavour: string;
  readonly source: Family;
  readonly suite: string;
  /** The newest of the series. */
  readonly version: string;
  readonly package: string;
  /** URI of the archive that was asked. */
  readonly archive: string;
}

export interface OfferedFlavours {
  /** In catalog order, each kernel's by name. */
  readonly rows: readonly FlavourRow[];
  /** Kernels of which no archive could say. */
  readonly missing: readonly UnavailableKernel[];
}

/** Asks the archives which flavours of these kernels they offer; only indexes are read. No names: all that there are. */
export async function offeredFlavours(
  names: readonly string[],
  ids: readonly KernelId[],
  context: KernelContext,
  signal?: AbortSignal,
): Promise<OfferedFlavours> {
  const { catalog } = context;
  const asked = ids
    .map((id) => catalogKernel(catalog, id))
    .flatMap((kernel) => [
      { kernel: { ...kernel, flavour: everyFlavour }, named: null },
      ...Object.keys(kernel.flavours).map((named) => ({
        kernel: catalogKernel(catalog, `${kernel.id}/${named}`),
        named,
      })),
    ]);
  const wanted = asked.filter(({ named }) => named === null || isNamed(names, named));
  const answers = await Promise.all(wanted.map(({ kernel, named }) => flavoursOf(kernel, named, context, signal)));
  return {
    rows: answers.flatMap((answer) => ('status' in answer ? [] : answer)).filter((row) => isNamed(names, row.flavour)),
    missing: answers.flatMap((answer) => ('status' in answer ? answer : [])),
  };
}

function isNamed(names: readonly string[], flavour: string): boolean {
  return names.length === 0 || names.includes(flavour);
}

/** One row a flavour; `named` is what the catalog calls the one that it is asked for by a name of its own. */
async function flavoursOf(
  kernel: CatalogKernel,
  named: string | null,
  context: KernelContext,
  signal?: AbortSignal,
): Promise<readonly FlavourRow[] | UnavailableKernel> {
  const offers = await offersOf(kernel, context, signal);
  if ('status' in offers) return offers;
  const rows = new Map<string, FlavourRow>();
  for (const { candidate, source } of offers) {
    const flavour = named ?? providerOf(kernel.family).flavourOf(kernel, candidate.release);
    const name = named === null ? `${kernel.id}/${flavour}` : kernel.id;
    // What cannot be asked for is not listed.
    if (flavour === null || rows.has(flavour) || typeof kernelName(name) === 'string') continue;
    const { id } = catalogKernel(context.catalog, name);
    const [image] = candidate.artifacts;
    const { suite, version } = candidate;
    rows.set(flavour, {
      ...{ id, flavour, source: kernel.family, suite, version },
      ...{ package: image.package, archive: source.uri },
    });
  }
  return [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
