// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { z } from 'zod';
import type { KernelId } from '../model/kernel.js';
import { UsageError } from '../model/errors.js';
import { invocation } from '../model/invocation.js';
import { kernelIdOf, kernelName } from '../model/kernel-name.js';
import { selectKernels } from '../plan/select.js';
import { type Target, unnamedTarget } from '../target.js';
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

const suites = z.array(z.string().min(1)).min(1);

const kernelSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/),
  tier: z.enum(['default', 'extended']),
  family: z.enum(familyNames),
  /** `6.1` takes 6.1.*; null takes the highest version whatever its series. */
  series: z
    .string()
    .regex(/^\d+\.\d+$/)
    .nullable(),
  suites,
  /** Another flavour than the family's. */
  flavour: z.string().min(1).nullable().default(null),
  /** Flavours that are somewhere else, or are another kernel's: `hwe` is the one of an older release of Ubuntu. */
  flavours: z.record(z.string(), z.strictObject({ flavour: z.string().min(1), suites })).default({}),
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

/**
 * A kernel by its id, another flavour of it by `ID/FLAVOUR`, for another architecture by `ID/ARCHITECTURE`; the flavour that
 * it has anyway is the kernel itself.
 * @throws UsageError for an id that the catalog does not have, and for what is no flavour, or not there for an architecture.
 */
export function catalogKernel(catalog: Catalog, id: KernelId): CatalogKernel {
  const name = kernelName(id);
  if (typeof name === 'string') throw new UsageError({ message: `no kernel ${id}: ${name}` });
  const kernel = catalog.kernels.find((candidate) => candidate.id === name.base);
  if (kernel === undefined) throw new UsageError({ message: `no kernel ${id} in the catalog` });
  const own = flavourOfKernel(kernel, catalog);
  const { title: family, architectures } = families[kernel.family];
  const target = name.target ?? unnamedTarget;
  if (!architectures.some((known) => known === target.name)) {
    throw new UsageError({
      message: `no kernel ${id}: of ${family}'s kernels there are those for ${architectures.join(' and ')}`,
      next: `see \`${invocation} kernels list\``,
    });
  }
  const ownId = kernelIdOf({ base: kernel.id, target, flavour: null });
  if (name.flavour === null || name.flavour === own) return { ...kernel, id: ownId };
  if (own === null) {
    throw new UsageError({ message: `no kernel ${id}: of ${family}'s kernels no flavours are told apart` });
  }
  const other = kernel.flavours[name.flavour] ?? { flavour: name.flavour, suites: kernel.suites };
  return { ...kernel, ...other, id: kernelIdOf({ ...name, target }), tier: 'extended', flavours: {} };
}

/**
 * As `selectKernels`; a flavour that a kernel has anyway is that kernel, and there once.
 * @throws UsageError as it does.
 */
export function selectCatalogKernels(
  words: readonly string[],
  catalog: Catalog,
  local: readonly KernelId[],
  targets: readonly Target[],
): readonly KernelId[] {
  const known = catalog.kernels.map(({ id, tier, family }) => ({ id, tier, ...families[family] }));
  const ids = selectKernels(words, { catalog: known, local, targets });
  return [...new Set(ids.map((id) => (local.includes(id) ? id : catalogKernel(catalog, id).id)))];
}

/** Null where a family's kernels have no flavours. */
export function flavourOfKernel(
  { family, flavour }: Pick<CatalogKernel, 'family' | 'flavour'>,
  catalog: Catalog,
): string | null {
  const rules = catalog.families[family];
  return flavour ?? ('flavour' in rules ? rules.flavour : null);
}
