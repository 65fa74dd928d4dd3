import { join } from 'node:path';
import { z } from 'zod';
import type { KernelId } from '../model/kernel.js';
import { readDataFile } from './data-file.js';
import { packageRoot } from './package-root.js';

/** The two archive families kernels are taken from. */
export type Family = 'debian' | 'ubuntu';

const url = z.string().regex(/^(https?|file):\/\/?.*<DATE>\/$/, 'an archive URI that ends in <DATE>/');

const familySchema = z.strictObject({
  /** Where the archive's keyring may be; the first that exists is used. */
  keyrings: z.array(z.string().startsWith('/')).min(1),
  /** Package that brings the keyring. */
  keyringPackage: z.string().min(1),
  /** Where the other family's archive has that package, smallest index first. */
  keyringOffer: z.strictObject({
    suites: z.array(z.string().min(1)).min(1),
    components: z.array(z.string().min(1)).min(1),
  }),
  components: z.array(z.string().min(1)).min(1),
  /** Ending of the kernel release: `cloud-amd64`. */
  flavour: z.string().min(1),
  /** Dated archives that keep every version for ever. */
  snapshot: z.strictObject({ date: z.string().regex(/^\d{8}T\d{6}Z$/), archive: url, security: url }),
});

const kernelSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/),
  tier: z.enum(['default', 'extended']),
  family: z.enum(['debian', 'ubuntu']),
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
    families: z.strictObject({ debian: familySchema, ubuntu: familySchema }),
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
export type CatalogFamily = Catalog['families'][Family];

/**
 * Reads the catalog: which kernels there are and where they come from.
 * @throws UsageError with file and place.
 */
export function loadCatalog(path: string = join(packageRoot(), 'kernels', 'catalog.json')): Promise<Catalog> {
  return readDataFile(path, catalogSchema);
}

export function findKernel(catalog: Catalog, id: KernelId): CatalogKernel | undefined {
  return catalog.kernels.find((kernel) => kernel.id === id);
}
