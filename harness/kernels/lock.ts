// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { z } from 'zod';
import type { KernelId } from '../model/kernel.js';
import { writeFileAtomic } from '../proc/atomic.js';
import { readDataFile } from './data-file.js';
import { packageRoot } from './package-root.js';

const artifactSchema = z.strictObject({
  package: z.string().min(1),
  version: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hex digits'),
});

const entrySchema = z.strictObject({
  /** Package that holds the image. */
  package: z.string().min(1),
  version: z.string().min(1),
  suite: z.string().min(1),
  /** A snapshot of this date still has these versions, whatever mirrors have dropped since. */
  snapshot: z.string().regex(/^\d{8}T\d{6}Z$/, 'a date like 20261120T000000Z'),
  /** Everything that is unpacked, the package with the image first. */
  artifacts: z.array(artifactSchema).min(1),
});

type Names = Pick<z.output<typeof artifactSchema>, 'package' | 'version'>;

function isFirst({ package: name, version }: Names, artifacts: readonly Names[]): boolean {
  return artifacts[0]?.package === name && artifacts[0].version === version;
}

const notFirst = (list: string): { path: PropertyKey[]; message: string } => ({
  path: [list, 0],
  message: 'must be the package and version of the entry',
});

/** Version of the lock file. */
export const lockVersion = 2;

const currentSchema = z.strictObject({
  schema: z.literal(lockVersion),
  /** Null: known to the catalog, never locked. */
  kernels: z.record(
    z.string(),
    entrySchema.refine((entry) => isFirst(entry, entry.artifacts), notFirst('artifacts')).nullable(),
  ),
});

/** As it was until artifacts were called debs. */
const firstSchema = z
  .strictObject({
    schema: z.literal(1),
    kernels: z.record(
      z.string(),
      entrySchema
        .omit({ artifacts: true })
        .extend({ debs: entrySchema.shape.artifacts })
        .refine((entry) => isFirst(entry, entry.debs), notFirst('debs'))
        .transform(({ debs, ...entry }) => ({ ...entry, artifacts: debs }))
        .nullable(),
    ),
  })
  .transform(({ kernels }) => ({ schema: lockVersion, kernels }) as const);

const lockSchema = z.discriminatedUnion('schema', [currentSchema, firstSchema]);

export type Lock = z.output<typeof currentSchema>;
export type LockEntry = z.output<typeof entrySchema>;

export function lockPath(): string {
  return join(packageRoot(), 'kernels', 'lock.json');
}

/**
 * Reads the lock, of this version or an older one: the exact packages each kernel is pinned to.
 * @throws UsageError with file and place.
 */
export function loadLock(path: string = lockPath()): Promise<Lock> {
  return readDataFile(path, lockSchema);
}

/** Null when the kernel is not locked. */
export function lockEntry(lock: Lock, id: KernelId): LockEntry | null {
  return lock.kernels[id] ?? null;
}

/** Replaces the lock file atomically, keys in the given order of ids. */
export async function writeLock(path: string, lock: Lock, order: readonly KernelId[]): Promise<void> {
  const rest = Object.keys(lock.kernels).filter((id) => !order.includes(id));
  const kernels = Object.fromEntries([...order, ...rest].map((id) => [id, lock.kernels[id] ?? null]));
  await writeFileAtomic(path, `${JSON.stringify({ schema: lockVersion, kernels }, null, 2)}\n`);
}
