// SPDX-License-Identifier: Apache-2.0
import { lstat, readdir, rename, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { hashFile } from '../kernels/cache/hash.js';
import { UsageError } from '../model/errors.js';
import type { ShardPlan } from '../model/shard.js';
import { writeFileAtomic } from '../proc/atomic.js';
import { describeSchemaIssues } from './issues.js';
import { readJsonFile } from './json-file.js';
import { keptFolders } from './paths.js';
import { nullIfAbsent } from './replaceable.js';
import { count, sha256 } from './schema-scalars.js';

/** Version of `evidence/shard.json`. Raised with every change: shards of two versions are never one run. */
const shardSchema = 1;

const name = 'evidence/shard.json';
/** Of a shard that was begun anew in this folder and has not ended: what is there is of an earlier run. */
const withdrawnName = 'evidence/shard.withdrawn.json';

/** Nobody who hands over a shard has a file written elsewhere. */
const inside = z.string().refine((path) => {
  const [folder, ...rest] = path.split('/');
  return keptFolders.some((one) => one === folder) && rest.length > 0 && !rest.includes('..');
}, 'it is in none of the folders of a shard');
const fileSchema = z.strictObject({ path: inside, size: count, sha256 });
const blobSchema = z.strictObject({
  schema: z.literal(shardSchema),
  index: z.int().min(1),
  from: z.string(),
  run: z.string().nullable(),
  plan: z.strictObject({
    total: z.int().min(1),
    kernels: z.array(z.string()),
    units: z.array(
      z.strictObject({
        kernel: z.string(),
        session: z.string(),
        seconds: z.number().positive(),
        shard: z.int().min(1),
      }),
    ),
    asked: z.record(z.string(), z.string()),
  }),
  files: z.array(fileSchema),
});

/** A file of a shard, by which it is known to be the one that was written. */
type ShardFile = Readonly<z.output<typeof fileSchema>>;

/** What makes of a report folder a part of a run: which one it is, of what, and every file that a run alone can make. */
export interface ShardBlob {
  readonly schema: typeof shardSchema;
  /** The first is 1. */
  readonly index: number;
  /** Who said so, for people. */
  readonly from: string;
  /** The same in all shards of one run; null where nobody said. */
  readonly run: string | null;
  readonly plan: ShardPlan;
  readonly files: readonly ShardFile[];
}

/** Writes `evidence/shard.json` once all other files of evidence and logs are there. */
export async function writeShardBlob(out: string, blob: Omit<ShardBlob, 'schema' | 'files'>): Promise<void> {
  const { index, from, run, plan } = blob;
  const value = { schema: shardSchema, index, from, run, plan, files: await filesOf(out) };
  await writeFileAtomic(join(out, name), `${JSON.stringify(blobSchema.parse(value), null, 2)}\n`);
}

async function filesOf(out: string): Promise<readonly ShardFile[]> {
  const paths = await Promise.all(
    keptFolders.map(async (folder) => {
      const entries = await readdir(join(out, folder), { recursive: true }).catch(nullIfAbsent);
      return (entries ?? []).map((entry) => `${folder}/${entry}`);
    }),
  );
  const files: ShardFile[] = [];
  for (const path of paths.flat().sort()) {
    const found = await lstat(join(out, path));
    if (found.isFile()) files.push({ path, size: found.size, sha256: await hashFile(join(out, path)) });
  }
  return files;
}

/** Does a report folder hold a part of a run, one whose process has not ended included. */
export async function isShardFolder(dir: string): Promise<boolean> {
  const found = await Promise.all([name, withdrawnName].map((one) => stat(join(dir, one)).catch(() => null)));
  return found.some((one) => one !== null);
}

/**
 * Takes the shard that an earlier run has left in a folder out of the way: should this one not come to its end, it is lost,
 * and the earlier one does not stand in for it. The reports stay.
 */
export async function withdrawShard(dir: string): Promise<void> {
  await rename(join(dir, name), join(dir, withdrawnName)).catch(nullIfAbsent);
}

/**
 * What a folder says of itself; null where it is no shard.
 * @throws UsageError for one of another version, and for one that is damaged.
 */
export async function readShardBlob(dir: string): Promise<ShardBlob | null> {
  const path = join(dir, name);
  if (!(await holdsBlob(dir))) return null;
  const value = await readJsonFile(path, copyAgain);
  checkVersion(path, value);
  const parsed = blobSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw damaged(path, describeSchemaIssues(parsed.error, value));
}

function checkVersion(path: string, value: unknown): void {
  const version = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
  if (version === shardSchema) return;
  const found = version === undefined ? 'no version' : `version ${JSON.stringify(version)}`;
  throw new UsageError({
    message: `${path}: a shard of ${found}; this bpf-matrix merges version ${shardSchema}`,
    next: 'merge it with the bpf-matrix that wrote it, or run all shards with this one',
  });
}

/** @throws UsageError naming the first file that is missing, cut or changed since the shard was written. */
export async function checkShardFiles(dir: string, { files }: ShardBlob): Promise<void> {
  for (const { path, size, sha256 } of files) {
    const file = join(dir, path);
    const found = await lstat(file).catch(() => null);
    if (found?.isFile() !== true) throw damaged(file, 'it is missing, and the shard was written with it');
    if (found.size !== size) throw damaged(file, `it has ${found.size} bytes, and was written with ${size}`);
    if ((await hashFile(file)) !== sha256) throw damaged(file, 'it is not what the shard was written with');
  }
}

const copyAgain = 'copy the folder of that shard again, whole as it was written; or run that shard again';

const damaged = (path: string, why: string): UsageError =>
  new UsageError({ message: `${path}: ${why}`, next: copyAgain });

/** As deep as engines put what they bring: `shards/ARTIFACT/2-of-5`. */
const deepest = 3;

/** Folders with shards among these and below them, in order. @throws UsageError for one that cannot be read. */
export async function shardFolders(dirs: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(dirs.map((dir) => foldersIn(dir, deepest)));
  return [...new Set(found.flat().map((dir) => resolve(dir)))].map((dir) => displayedAs(dir, found.flat()));
}

/** A folder that was named in two ways is one; it is called by the first. */
const displayedAs = (path: string, names: readonly string[]): string =>
  names.find((one) => resolve(one) === path) ?? path;

async function foldersIn(dir: string, depth: number): Promise<readonly string[]> {
  if (await holdsBlob(dir)) return [dir];
  if (depth === 0) return [];
  const entries = await readdir(dir, { withFileTypes: true }).catch((cause: unknown) => {
    throw new UsageError({
      message: `${dir}: cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'})`,
      next: 'name the report folders of the shards, or the folder that they are in',
      cause,
    });
  });
  const inner = entries.filter((entry) => entry.isDirectory()).map((entry) => join(dir, entry.name));
  const found = await Promise.all(inner.sort().map((one) => foldersIn(one, depth - 1)));
  return found.flat();
}

const holdsBlob = async (dir: string): Promise<boolean> => (await stat(join(dir, name)).catch(() => null)) !== null;
