// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { z } from 'zod';
import type { KernelId } from '../model/kernel.js';
import { writeFileAtomic } from '../proc/atomic.js';
import { readDataFile } from './data-file.js';
import { packageRoot } from './package-root.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hex digits');

const artifactSchema = z.strictObject({
  package: z.string().min(1),
  version: z.string().min(1),
  /** As the archive names it; null and the size too where an older lock did not say. */
  architecture: z.string().min(1).nullable(),
  sha256,
  /** Bytes. */
  size: z.number().int().positive().nullable(),
});

const bootedSchema = z.strictObject({
  /** What was kept of the packages, and how, when this was written: modules are compared by the same rules only. */
  layout: z.number().int().positive(),
  /** `uname -r` in its guests. */
  release: z.string().min(1),
  image: sha256,
  config: sha256.nullable(),
  modules: sha256.nullable(),
});

const entrySchema = z.strictObject({
  /** Package that holds the image. */
  package: z.string().min(1),
  version: z.string().min(1),
  suite: z.string().min(1),
  /** A snapshot of this date was seen to have these very packages; null while none was. */
  snapshot: z
    .string()
    .regex(/^\d{8}T\d{6}Z$/, 'a date like 20261120T000000Z')
    .nullable(),
  /** What the packages unpack to, as far as it is booted; null where an older lock did not say. */
  booted: bootedSchema.nullable(),
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
export const lockVersion = 3;

/** Known to the catalog, and never locked. */
const pending = 'pending';

const currentSchema = z.strictObject({
  schema: z.literal(lockVersion),
  /** Null: pending. */
  kernels: z.record(
    z.string(),
    z.preprocess(
      (entry) => (entry === pending ? null : entry),
      entrySchema.refine((entry) => isFirst(entry, entry.artifacts), notFirst('artifacts')).nullable(),
    ),
  ),
});

/** Until 3 it was not said what is booted, nor size and architecture of what is unpacked; in 1 that was called debs. */
const olderArtifacts = z.array(artifactSchema.pick({ package: true, version: true, sha256: true })).min(1);
const olderEntry = entrySchema.omit({ booted: true, artifacts: true });

function upgraded(entry: z.output<typeof olderEntry>, artifacts: z.output<typeof olderArtifacts>) {
  const { package: name, version, suite, snapshot } = entry;
  const now = artifacts.map((one) => ({ ...one, architecture: null, size: null }));
  return { package: name, version, suite, snapshot, booted: null, artifacts: now };
}

const secondEntry = olderEntry
  .extend({ artifacts: olderArtifacts })
  .refine((entry) => isFirst(entry, entry.artifacts), notFirst('artifacts'))
  .transform((entry) => upgraded(entry, entry.artifacts));

const firstEntry = olderEntry
  .extend({ debs: olderArtifacts })
  .refine((entry) => isFirst(entry, entry.debs), notFirst('debs'))
  .transform((entry) => upgraded(entry, entry.debs));

const olderSchema = <V extends number, E extends z.ZodType>(version: V, entry: E) =>
  z.strictObject({ schema: z.literal(version), kernels: z.record(z.string(), entry.nullable()) });

const asCurrent = <K>({ kernels }: { kernels: K }) => ({ schema: lockVersion, kernels }) as const;

const lockSchema = z.discriminatedUnion('schema', [
  currentSchema,
  olderSchema(2, secondEntry).transform(asCurrent),
  olderSchema(1, firstEntry).transform(asCurrent),
]);

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

/** The bytes of a lock file, keys in the given order of ids; what has no entry is pending. */
export function renderLock({ kernels }: Lock, order: readonly KernelId[]): string {
  const rest = Object.keys(kernels).filter((id) => !order.includes(id));
  const entries = Object.fromEntries([...order, ...rest].map((id) => [id, kernels[id] ?? pending]));
  return `${JSON.stringify({ schema: lockVersion, kernels: entries }, null, 2)}\n`;
}

/** Replaces the lock file atomically. */
export function writeLock(path: string, lock: Lock, order: readonly KernelId[]): Promise<void> {
  return writeFileAtomic(path, renderLock(lock, order));
}
