// SPDX-License-Identifier: Apache-2.0
import { type ArchiveProvider, lockedOrNewestOffer } from '../provider.js';
import { compareDebVersions } from './deb-version.js';
import { downloadVerified } from './download.js';
import type { AptFamily } from './family.js';
import { flavourOf } from './flavour.js';
import { searchArchives } from './search.js';
import { unpackDebs } from './unpack.js';

/** Families with archives of .deb packages: indexes and downloads by apt, in a private root for each suite. */
export const aptProvider: ArchiveProvider<AptFamily> = {
  list: searchArchives,
  resolve: lockedOrNewestOffer,
  fetch: ({ root, candidate }, into, signal) => downloadVerified(root, candidate.artifacts, into, signal),
  unpack: (_offer, files, into, signal) => unpackDebs(files, into, signal),
  compareVersions: compareDebVersions,
  flavourOf,
};
