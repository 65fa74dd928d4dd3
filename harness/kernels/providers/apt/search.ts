// SPDX-License-Identifier: Apache-2.0
import type { CatalogKernel } from '../../catalog.js';
import type { KernelContext } from '../../context.js';
import { families } from '../../families.js';
import { type Answer, type FailureKind, type ListOptions, newestOfferFirst, type Offer } from '../provider.js';
import { type Archive, archivesOf, archiveUri } from './archives.js';
import { compareDebVersions } from './deb-version.js';
import type { AptFamily } from './family.js';
import type { AptKeys } from './index-reader.js';
import { familyKeyring } from './keyring.js';
import { packageCandidates } from './package-rule.js';

type AptKernel = CatalogKernel & { family: AptFamily };

/**
 * Asks the archives of a kernel's family one after the other; the caller stops when it has enough.
 * @throws ToolMissingError without apt-get or the family's keyring.
 */
export async function* searchArchives(
  kernel: AptKernel,
  context: KernelContext,
  { snapshotDate, onNotice, signal }: ListOptions,
): AsyncGenerator<Answer<Offer>> {
  const { catalog, settings } = context;
  const family = catalog.families[kernel.family];
  const keyring = await familyKeyring(kernel.family, context, onNotice, signal);
  const archives = await archivesOf(kernel.family, catalog, settings, snapshotDate);
  const isMissing = archives.every(({ origin }) => origin !== "this host's mirror");
  const next = isMissing ? archives.find(({ origin }) => origin !== 'configured') : undefined;
  for (const archive of archives) {
    if (archive === next) yield noneOfHost(kernel.family);
    const keys = { keyring, components: family.components };
    yield await ask(kernel, context, archive, keys, signal);
  }
}

function noneOfHost(family: AptFamily): Answer<Offer> {
  const line = `this host's apt sources: no ${families[family].title} mirror among them`;
  return { offers: [], failures: [], tried: [line], read: 0 };
}

const byAge = newestOfferFirst(compareDebVersions);

async function ask(
  kernel: AptKernel,
  context: KernelContext,
  archive: Archive,
  keys: AptKeys,
  signal?: AbortSignal,
): Promise<Answer<Offer>> {
  const { flavour } = context.catalog.families[kernel.family];
  const reads = await Promise.all(
    kernel.suites.map(async (suite) => ({ suite, result: await context.indexes.read(archive, suite, keys, signal) })),
  );
  const source = { uri: archive.archive, origin: archive.origin };
  const offers: Offer[] = [];
  const failures: FailureKind[] = [];
  const tried: string[] = [];
  for (const { suite, result } of reads) {
    const found = result.ok ? packageCandidates(kernel, flavour, suite, result.entries) : [];
    if (result.ok) offers.push(...found.map((candidate) => ({ candidate, source, root: result.root })));
    else failures.push(result.why.kind);
    const answer = result.ok ? (found[0] ? `newest is ${found[0].version}` : 'none of this series') : result.why.detail;
    tried.push(`${archiveUri(archive, suite) ?? archive.archive} (${archive.origin}) ${suite}: ${answer}`);
  }
  offers.sort((a, b) => byAge(a.candidate, b.candidate));
  return { offers, failures, tried, read: reads.filter(({ result }) => result.ok).length };
}
