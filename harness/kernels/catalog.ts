// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { z } from 'zod';
import type { KernelId } from '../model/kernel.js';
import { UsageError } from '../model/errors.js';
import { readDataFile } from './data-file.js';
import { families, type Family, familyNames, type ProviderName } from './families.js';
import { packageRoot } from './package-root.js';
import { aptCatalogFamily } from './providers/apt/family.js';
import { rpmCatalogFamily } from './providers/rpm/family.js';

/** What each provider wants to know of its families. */
const familySchemas = { apt: aptCatalogFamily, rpm: rpmCatalogFamily } as const satisfies Readonly<
  Record<ProviderName, z.ZodType>
>;
type FamilyShape = { readonly [F in Family]: (typeof familySchemas)[(typeof families)[F]['provider']] };
const familyShape = Object.fromEntries(
  familyNames.map((family) => [family, familySchemas[families[family].provider]]),
) as FamilyShape;

const kernelSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/),
  tier: z.enum(['default', 'extended']),
  family: z.enum(familyNames),
  /** `6.1` takes 6.1.*; null takes the highest version whatever its series. */
  series: z
    .string()
    .regex(/^\d+\.\d+$/)
    .nullable(),
  suites: z.array(z.string().min(1)).min(1),
});

const catalogSchema = z
  .strictObject({
    schema: z.literal(1),
    families: z.strictObject(familyShape),
    kernels: z.array(kernelSchema).min(1),
  })
  .superRefine((catalog, context) => {
    const seen = new Set<string>();
    catalog.kernels.forEach((kernel, index) => {
      if (seen.has(kernel.id)) {
        context.addIssue({ code: 'custom', path: ['kernels', index, 'id'], message: `${kernel.id} is there twice` });
      }
      seen.add(kernel.id);
    });
  });

export type Catalog = z.output<typeof catalogSchema>;
export type CatalogKernel = Catalog['kernels'][number];

/**
 * Reads the catalog: which kernels there are and where they come from.
 * @throws UsageError with file and place.
 */
export function loadCatalog(path: string = join(packageRoot(), 'kernels', 'catalog.json')): Promise<Catalog> {
  return readDataFile(path, catalogSchema);
}

/** @throws UsageError for an id that the catalog does not have. */
export function catalogKernel(catalog: Catalog, id: KernelId): CatalogKernel {
  const kernel = catalog.kernels.find((candidate) => candidate.id === id);
  if (kernel === undefined) throw new UsageError({ message: `no kernel ${id} in the catalog` });
  return kernel;
}
