// SPDX-License-Identifier: Apache-2.0
import { kernelTarget } from '../../../model/kernel-name.js';
import { type ArchiveProvider, isReleaseInSeries, lockedOrNewestOffer } from '../provider.js';
import { downloadRpms } from './download.js';
import type { RpmFamily } from './family.js';
import { compareRpmVersions } from './rpm-version.js';
import { searchRepositories } from './search.js';
import { unpackRpms } from './unpack.js';

/** Families with repositories of rpm packages: their lists by curl and gpgv, packages checked by rpmkeys. */
export const rpmProvider: ArchiveProvider<RpmFamily> = {
  list: searchRepositories,
  resolve: lockedOrNewestOffer,
  fetch: ({ candidate }, into, signal) => downloadRpms(candidate.artifacts, into, signal),
  unpack: (_offer, files, into, signal) => unpackRpms(files, into, signal),
  // No family with rpm packages has an archive of every day.
  snapshotHas: () => Promise.resolve(false),
  flavourOf: () => null,
  compareVersions: compareRpmVersions,
  isOf: ({ id, series }, release) =>
    release.endsWith(`.${kernelTarget(id).rpmArchitecture}`) && isReleaseInSeries(release, series),
};
