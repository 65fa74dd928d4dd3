import { join } from 'node:path';
import { z } from 'zod';
import type { KernelId } from '../model/kernel.js';
import { writeFileAtomic } from '../proc/atomic.js';
import { readDataFile } from './data-file.js';
import { packageRoot } from './package-root.js';

const debSchema = z.strictObject({
  package: z.string().min(1),
  version: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hex digits'),
});

const entrySchema = z
  .strictObject({
    /** Package that holds the image. */
    package: z.string().min(1),
    version: z.string().min(1),
    suite: z.string().min(1),
    /** A snapshot of this date still has these versions, whatever mirrors have dropped since. */
    snapshot: z.string().regex(/^\d{8}T\d{6}Z$/, 'a date like 20261120T000000Z'),
    /** Every package that is unpacked, the one with the image first. */
    debs: z.array(debSchema).min(1),
  })
  .refine((entry) => entry.debs[0]?.package === entry.package && entry.debs[0].version === entry.version, {
    path: ['debs', 0],
    message: 'must be the package and version of the entry',
  });

const lockSchema = z.strictObject({
  schema: z.literal(1),
  /** Null: known to the catalog, never locked. */
  kernels: z.record(z.string(), entrySchema.nullable()),
});

export type Lock = z.output<typeof lockSchema>;
export type LockEntry = z.output<typeof entrySchema>;

export function lockPath(): string {
  return join(packageRoot(), 'kernels', 'lock.json');
}

/**
 * Reads the lock: the exact packages each kernel is pinned to.
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
  await writeFileAtomic(path, `${JSON.stringify({ schema: lock.schema, kernels }, null, 2)}\n`);
}
