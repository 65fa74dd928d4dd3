// SPDX-License-Identifier: Apache-2.0
import { kernelTarget } from '../../../model/kernel-name.js';
import { flavourOfKernel } from '../../catalog.js';
import { type ArchiveProvider, isReleaseInSeries, lockedOrNewestOffer } from '../provider.js';
import { compareDebVersions } from './deb-version.js';
import { downloadVerified } from './download.js';
import type { AptFamily } from './family.js';
import { hostOf } from './index-reader.js';
import { flavourOf } from './flavour.js';
import { searchArchives, snapshotHas } from './search.js';
import { unpackDebs } from './unpack.js';

/** Families with archives of .deb packages: indexes and downloads by apt, in a private root for each suite. */
export const aptProvider: ArchiveProvider<AptFamily> = {
  list: searchArchives,
  resolve: lockedOrNewestOffer,
  fetch: ({ candidate, source }, into, signal, onStep) =>
    downloadVerified(candidate.artifacts, into, signal, { host: hostOf(source.uri), onStep }),
  unpack: (_offer, files, into, signal) => unpackDebs(files, into, signal),
  snapshotHas,
  compareVersions: compareDebVersions,
  flavourOf: ({ id, family }, release) => flavourOf(family, release, kernelTarget(id)),
  isOf: (kernel, release, { catalog }) =>
    isReleaseInSeries(release, kernel.series) &&
    flavourOf(kernel.family, release, kernelTarget(kernel.id)) === flavourOfKernel(kernel, catalog),
};
