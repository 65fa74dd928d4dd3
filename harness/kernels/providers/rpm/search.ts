// SPDX-License-Identifier: Apache-2.0
import type { CatalogKernel } from '../../catalog.js';
import type { KernelContext } from '../../context.js';
import { archiveSetting } from '../../families.js';
import { asksPublic } from '../../settings.js';
import {
  type Answer,
  type FailureKind,
  isPublic,
  type ListOptions,
  newestOfferFirst,
  type Offer,
  passedOver,
  type Source,
} from '../provider.js';
import { withoutCredentials } from '../credentials.js';
import type { RpmFamily } from './family.js';
import { kernelPackages, rpmCandidates } from './package-rule.js';
import type { RepositoryRead } from './repository.js';
import { compareRpmVersions } from './rpm-version.js';
import { familyKeys, readKeys } from './signature.js';

type RpmKernel = CatalogKernel & { family: RpmFamily };

/** The configured archive, then the public one. */
function rpmArchives(family: RpmFamily, { catalog, settings }: KernelContext): readonly Source[] {
  const own = settings[archiveSetting(family, 'Archive')];
  const withSlash = (uri: string): string => (uri.endsWith('/') ? uri : `${uri}/`);
  return [
    ...(own === undefined ? [] : [{ uri: withSlash(own), origin: 'configured' } as const]),
    { uri: catalog.families[family].archive, origin: 'public mirror' },
  ];
}

/**
 * Asks the archives of a kernel's family one after the other; the caller stops when it has enough.
 * @throws UsageError for a configured key that is none; ToolMissingError without curl, gpgv or rpmkeys.
 */
export async function* searchRepositories(
  kernel: RpmKernel,
  context: KernelContext,
  { signal }: ListOptions,
): AsyncGenerator<Answer<Offer>> {
  const rules = context.catalog.families[kernel.family];
  const keys = familyKeys(kernel.family, context);
  // A file that has none is a mistake of whoever named it, and no archive need be asked.
  await readKeys(keys);
  const names = kernelPackages(kernel.family);
  for (const source of rpmArchives(kernel.family, context)) {
    if (isPublic(source) && !asksPublic(context.settings)) {
      yield passedOver(source);
      continue;
    }
    const reads = await Promise.all(
      kernel.suites.map(async (suite) => {
        const uri = `${source.uri}${suite}/`;
        return { suite, read: await context.repositories.read({ uri, keys, rules, names }, signal) };
      }),
    );
    yield answerOf(kernel, { ...source, uri: withoutCredentials(source.uri) }, reads);
  }
}

interface SuiteRead {
  readonly suite: string;
  readonly read: RepositoryRead;
}

const byAge = newestOfferFirst(compareRpmVersions);

function answerOf(kernel: RpmKernel, source: Source, reads: readonly SuiteRead[]): Answer<Offer> {
  const offers: Offer[] = [];
  const failures: FailureKind[] = [];
  const tried: string[] = [];
  for (const { suite, read } of reads) {
    const where = `${source.uri} (${source.origin}) ${suite}`;
    if (!read.ok) {
      failures.push(read.why.kind);
      tried.push(`${where}: ${read.why.detail}`);
      continue;
    }
    const { found, incomplete } = rpmCandidates(kernel, suite, read.root, read.packages);
    offers.push(...found.map((candidate) => ({ candidate, source })));
    const newest = found[0] === undefined ? 'none of this series' : `newest is ${found[0].version}`;
    tried.push(...[...incomplete, newest].map((line) => `${where}: ${line}`));
  }
  offers.sort((a, b) => byAge(a.candidate, b.candidate));
  return { offers, failures, tried, read: reads.filter(({ read }) => read.ok).length };
}
