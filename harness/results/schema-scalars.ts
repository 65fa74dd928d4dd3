// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

/** A finite number, 0 or more: NaN and Infinity have no JSON and would come back as null. */
export const count = z.number().nonnegative();
export const countOrNull = count.nullable();
/** Lower-case hex. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'not a lower-case SHA-256');
export const start = z.enum(['cold', 'restored']);
export const accelerator = z.enum(['kvm', 'tcg']);

/** A dictionary whose keys come out sorted, so that the same facts give the same bytes. */
export const dictionary = z
  .record(z.string(), z.string())
  .transform((entries) => Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1))));
