import type { AptFailureKind } from './archive/apt-errors.js';
import { type Archive, archivesOf, uriFor } from './archive/archives.js';
import type { CatalogKernel } from './catalog.js';
import type { KernelContext } from './context.js';
import { familyKeyring } from './keyring.js';
import { type Candidate, candidates, newestFirst } from './package-rule.js';

/** A candidate, and the apt root it can be downloaded from. */
export interface Offer {
  readonly candidate: Candidate;
  readonly archive: Archive;
  readonly root: string;
}

/** What one archive answered for one kernel. */
export interface ArchiveAnswer {
  readonly archive: Archive;
  /** Newest first. */
  readonly offers: readonly Offer[];
  /** Of the suites that could not be read. */
  readonly failures: readonly AptFailureKind[];
  /** How many suites were read. */
  readonly read: number;
  /** One line per suite. */
  readonly tried: readonly string[];
}

export interface SearchOptions {
  /** Picks another snapshot than the catalog's. */
  readonly snapshotDate: string | null;
  readonly onNotice: (text: string) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Asks the archives of a kernel's family one after the other; the caller stops when it has enough.
 * @throws ToolMissingError without apt-get or the family's keyring.
 */
export async function* searchArchives(
  kernel: CatalogKernel,
  context: KernelContext,
  { snapshotDate, onNotice, signal }: SearchOptions,
): AsyncGenerator<ArchiveAnswer> {
  const { catalog, settings } = context;
  const family = catalog.families[kernel.family];
  const keyring = await familyKeyring(kernel.family, context, onNotice, signal);
  for (const archive of await archivesOf(kernel.family, catalog, settings, snapshotDate)) {
    const keys = { keyring, components: family.components };
    yield await ask(kernel, context, archive, keys, signal);
  }
}

async function ask(
  kernel: CatalogKernel,
  context: KernelContext,
  archive: Archive,
  keys: { readonly keyring: string; readonly components: readonly string[] },
  signal?: AbortSignal,
): Promise<ArchiveAnswer> {
  const { flavour } = context.catalog.families[kernel.family];
  const reads = await Promise.all(
    kernel.suites.map(async (suite) => ({ suite, result: await context.indexes.read(archive, suite, keys, signal) })),
  );
  const offers: Offer[] = [];
  const failures: AptFailureKind[] = [];
  const tried: string[] = [];
  for (const { suite, result } of reads) {
    const found = result.ok ? candidates(kernel, flavour, suite, result.entries) : [];
    if (result.ok) offers.push(...found.map((candidate) => ({ candidate, archive, root: result.root })));
    else failures.push(result.why.kind);
    const answer = result.ok ? (found[0] ? `newest is ${found[0].version}` : 'none of this series') : result.why.detail;
    tried.push(`${uriFor(archive, suite) ?? archive.archive} (${archive.origin}) ${suite}: ${answer}`);
  }
  offers.sort((a, b) => newestFirst(a.candidate, b.candidate));
  return { archive, offers, failures, tried, read: reads.filter(({ result }) => result.ok).length };
}
