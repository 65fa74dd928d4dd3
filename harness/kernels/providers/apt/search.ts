// SPDX-License-Identifier: Apache-2.0
import type { KernelArtifact } from '../../../model/kernel.js';
import { kernelTarget } from '../../../model/kernel-name.js';
import type { CatalogKernel } from '../../catalog.js';
import type { KernelContext } from '../../context.js';
import { families } from '../../families.js';
import {
  type Answer,
  describeCandidate,
  type FailureKind,
  type ListOptions,
  lockedOrNewestOffer,
  type Offer,
  passedOver,
} from '../provider.js';
import { type Archive, archivesOf, archiveUri, sourceOf } from './archives.js';
import { withoutCredentials } from '../credentials.js';
import type { AptFamily } from './family.js';
import { type AptKeys, hostOf } from './index-reader.js';
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
  { snapshotDate, onNotice, onStep, signal }: ListOptions,
): AsyncGenerator<Answer<Offer>> {
  const { catalog, settings } = context;
  const family = catalog.families[kernel.family];
  const { asked, passedOver: unasked } = await archivesOf(kernel.family, catalog, settings, snapshotDate);
  const [configured, others] = [asked.filter(isConfigured), asked.filter((archive) => !isConfigured(archive))];
  const isMissing = others[0]?.origin !== "this host's mirror";
  // Where nobody is asked, no keyring is needed.
  const keyring = asked.length === 0 ? '' : await familyKeyring(kernel.family, context, onNotice, signal);
  const keys = { target: kernelTarget(kernel.id), keyring, components: family.components };
  const heard = (archive: Archive): Promise<Answer<Offer>> =>
    whileWaiting(archive, context, onStep, () => ask(kernel, context, archive, keys, signal));
  for (const archive of configured) yield await heard(archive);
  if (isMissing) yield noneOfHost(kernel.family);
  for (const archive of others) yield await heard(archive);
  yield* unasked.map((archive) => passedOver(sourceOf(archive)));
}

/** Says who is waited for, if it is this archive. */
async function whileWaiting<T>(
  { archive, security }: Archive,
  { indexes }: KernelContext,
  onStep: (text: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const hosts = new Set([archive, security ?? archive].map(hostOf));
  const done = indexes.onWait((host, text) => {
    if (hosts.has(host)) onStep(text);
  });
  return work().finally(done);
}

function isConfigured({ origin }: Archive): boolean {
  return origin === 'configured';
}

function noneOfHost(family: AptFamily): Answer<Offer> {
  const line = `this host's apt sources: no ${families[family].title} mirror among them`;
  return { offers: [], failures: [], tried: [line], read: 0 };
}

async function ask(
  kernel: AptKernel,
  context: KernelContext,
  archive: Archive,
  keys: AptKeys,
  signal?: AbortSignal,
): Promise<Answer<Offer>> {
  const flavour = kernel.flavour ?? context.catalog.families[kernel.family].flavour;
  const reads = await Promise.all(
    kernel.suites.map(async (suite) => ({ suite, result: await context.indexes.read(archive, suite, keys, signal) })),
  );
  const source = sourceOf(archive);
  const pockets = reads.flatMap(({ suite, result }) => (result.ok ? [{ suite, ...result }] : []));
  const failures: readonly FailureKind[] = reads.flatMap(({ result }) => (result.ok ? [] : [result.why.kind]));
  const found = packageCandidates(kernel, flavour, pockets);
  const tried = reads.map(({ suite, result }) => {
    const newest = found.find((candidate) => candidate.suite === suite);
    const listed = newest === undefined ? 'none of this series' : `newest is ${describeCandidate(newest)}`;
    const where = withoutCredentials(archiveUri(archive, suite) ?? archive.archive);
    return `${where} (${archive.origin}) ${suite}: ${result.ok ? listed : result.why.detail}`;
  });
  return { offers: found.map((candidate) => ({ candidate, source })), failures, tried, read: pockets.length };
}

/** Only the snapshot of the date is asked, if it may be. */
export async function snapshotHas(
  kernel: AptKernel,
  artifacts: readonly KernelArtifact[],
  context: KernelContext,
  { snapshotDate, onNotice, signal }: ListOptions,
): Promise<boolean> {
  const { catalog, settings } = context;
  const { components } = catalog.families[kernel.family];
  const { asked } = await archivesOf(kernel.family, catalog, settings, snapshotDate);
  const snapshot = asked.find(({ origin }) => origin === 'public snapshot');
  if (snapshot === undefined) return false;
  const keyring = await familyKeyring(kernel.family, context, onNotice, signal);
  const { offers } = await ask(
    kernel,
    context,
    snapshot,
    { target: kernelTarget(kernel.id), keyring, components },
    signal,
  );
  return lockedOrNewestOffer(offers, { artifacts: [...artifacts] }) !== undefined;
}
