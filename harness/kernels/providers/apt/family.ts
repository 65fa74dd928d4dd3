// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import type { FamilyOf } from '../../families.js';

export type AptFamily = FamilyOf<'apt'>;

const archive = z.string().regex(/^(https?|file):\/\/?.*\/$/, 'an archive URI that ends in /');

const url = z.string().regex(/^(https?|file):\/\/?.*<DATE>\/$/, 'an archive URI that ends in <DATE>/');

/** What the catalog says of a family that apt reads. */
export const aptCatalogFamily = z.strictObject({
  /** Where the archive's keyring may be; the first that exists is used. */
  keyrings: z.array(z.string().startsWith('/')).min(1),
  /** Package that brings the keyring. */
  keyringPackage: z.string().min(1),
  /** Where another family's archive has that package, smallest index first. */
  keyringOffer: z.strictObject({
    suites: z.array(z.string().min(1)).min(1),
    components: z.array(z.string().min(1)).min(1),
  }),
  components: z.array(z.string().min(1)).min(1),
  /** Of its kernels, as `--kernel ID/FLAVOUR` names them: `cloud`. */
  flavour: z.string().min(1),
  /** Public mirrors, first first: for hosts whose own sources have none of the family, or none that answers. */
  mirrors: z.array(z.strictObject({ archive, security: archive })),
  /** Where python-apt's template of the family may be, which names public mirrors too; null for none. */
  mirrorTemplate: z.string().startsWith('/').nullable(),
  /** Dated archives that keep every version for ever. */
  snapshot: z.strictObject({ date: z.string().regex(/^\d{8}T\d{6}Z$/), archive: url, security: url }),
});
