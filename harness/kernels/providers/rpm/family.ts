// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import type { FamilyOf } from '../../families.js';

export type RpmFamily = FamilyOf<'rpm'>;

/** What the catalog says of a family with repositories of rpm packages. */
export const rpmCatalogFamily = z.strictObject({
  /** The public archive; a suite is a repository's path below it. */
  archive: z.string().regex(/^(https?|file):\/\/.*\/$/, 'a URI that ends in /'),
  /** Files of kernels/keys/. */
  keys: z.array(z.string().regex(/^RPM-GPG-KEY-[\w.-]+$/, 'a file of kernels/keys/')).min(1),
  /**
   * `repository`: repomd.xml has a signature beside it, which is asked for. `packages`: it has none. Packages are signed in
   * either case, and each is checked.
   */
  signed: z.enum(['repository', 'packages']),
  /** A repository that was not renewed for so long is refused; null for those that never are. */
  maxAgeDays: z.number().int().positive().nullable(),
});

export type RpmCatalogFamily = z.output<typeof rpmCatalogFamily>;
