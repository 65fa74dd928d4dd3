// SPDX-License-Identifier: Apache-2.0
import { readdir } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { UsageError } from '../model/errors.js';
import { nearestNames } from '../model/near-names.js';
import type { AttachTarget } from '../model/needs.js';
import { elfProgramNames } from './elf-symbols.js';
import { absentName } from './needs-absent.js';
import type { AttachTargetConfig } from './needs-schema.js';
import { type ObjectFile, readObjects, type TargetFile } from './objects.js';

export interface ReadTarget {
  readonly attach: AttachTarget;
  readonly file: TargetFile;
}

/**
 * Reads the object of a target, whose path is relative to `folder`. Its function is looked for by the guest, in the BTF of
 * the loaded program.
 * @throws UsageError with place and the nearest names for an object or a program that is not there.
 */
export async function readTarget(
  { object: named, program, function: wanted }: AttachTargetConfig,
  folder: string,
  place: string,
): Promise<ReadTarget> {
  const { bytes, identity } = await readTargetObject(resolve(folder, named), `${place}.object`);
  const programs = elfProgramNames(bytes);
  if (!programs.includes(program)) {
    throw absentName(`${place}.program`, `${named} has no program ${program}`, program, programs);
  }
  const { sha256 } = identity;
  return { attach: { object: named, sha256, program, function: wanted ?? program }, file: { bytes, sha256 } };
}

async function readTargetObject(path: string, place: string): Promise<ObjectFile> {
  const [object] = await readObjects([path]).catch(async (error: unknown) => {
    if (!(error instanceof UsageError)) throw error;
    const beside = await readdir(dirname(path)).catch(() => []);
    const near = nearestNames(
      basename(path),
      beside.filter((name) => name.endsWith('.o')),
    );
    const next = near.length > 0 ? `did you mean ${near.join(' or ')}?` : (error.next ?? 'name another');
    throw new UsageError({ message: `${place}: ${error.message}`, next, cause: error });
  });
  if (object === undefined) throw new Error(`nothing read of ${path}`);
  return object;
}
