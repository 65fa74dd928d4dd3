// SPDX-License-Identifier: Apache-2.0
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Target } from '../target.js';
import { readImageHeader } from './image-format.js';
import { moduleClosure } from './closure.js';
import { extraModules, readModuleTree, transportModules } from './modules.js';
import { ArtifactError } from './providers/provider.js';

/** Raised when what is kept of a package changes, so that older cache entries are not taken for it. */
export const layoutVersion = 3;

export interface UnpackedKernel {
  readonly target: Target;
  /** A folder that is laid out as a host is. */
  readonly root: string;
  readonly release: string;
  /** Of the artifacts' files, for errors. */
  readonly names: readonly string[];
}

/**
 * Keeps of an unpacked kernel the image, the configuration, and of the modules those that a guest can be asked to load,
 * decompressed: 12 to 14 MB of the 50 to 110 a kernel unpacks to.
 *
 * Layout of `into`: `vmlinuz`, `config`, `lib/modules/RELEASE/{kernel/NAME.ko,modules.builtin}`.
 * @throws ArtifactError without an image for this architecture; ToolMissingError.
 */
export async function keepKernel(
  { target, root, release, names }: UnpackedKernel,
  into: string,
  signal?: AbortSignal,
): Promise<void> {
  const found = await findParts(root, release);
  if (found.image === undefined) throw new ArtifactError(`${names.join(', ')}: no vmlinuz inside`);
  const image = join(into, 'vmlinuz');
  await copyFile(found.image, image);
  if ((await readImageHeader(target, image)) === null) {
    throw new ArtifactError(`${relative(root, found.image)}: not an ${target.title} kernel image`);
  }
  if (found.config !== undefined) await copyFile(found.config, join(into, 'config'));
  if (found.modules !== undefined) await keepModules(found.modules, join(into, 'lib', 'modules', release), signal);
}

interface Parts {
  readonly image: string | undefined;
  readonly config: string | undefined;
  readonly modules: string | undefined;
}

/** Packages disagree on /boot or /usr/lib/modules, and on /lib or /usr/lib. */
async function findParts(root: string, release: string): Promise<Parts> {
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = found.filter((item) => item.isFile()).map((item) => join(item.parentPath, item.name));
  const byPath = new Set(paths);
  const pick = (...names: readonly string[]): string | undefined =>
    names.map((name) => join(root, name)).find((path) => byPath.has(path));
  const tree = ['usr/lib/modules', 'lib/modules'].map((base) => join(root, base, release));
  return {
    image: pick(
      `boot/vmlinuz-${release}`,
      `usr/lib/modules/${release}/vmlinuz`,
      `lib/modules/${release}/vmlinuz`,
      `usr/lib/modules/${release}/vmlinuz.unsigned`,
    ),
    config: pick(`boot/config-${release}`, `usr/lib/modules/${release}/config`, `lib/modules/${release}/config`),
    modules: tree.find((base) =>
      paths.some((path) => path.startsWith(`${base}/`) && /modules\.builtin$|\.ko/.test(path)),
    ),
  };
}

async function keepModules(from: string, to: string, signal?: AbortSignal): Promise<void> {
  await mkdir(join(to, 'kernel'), { recursive: true });
  const tree = await readModuleTree(from);
  const builtin = tree.builtin ?? new Set<string>();
  const { modules } = await moduleClosure(tree, [...transportModules, ...extraModules], (n) => builtin.has(n), signal);
  for (const module of modules) {
    const source = tree.files.get(module.name) ?? '';
    const place = join(to, dirname(relative(from, source)), `${module.name}.ko`);
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, module.bytes);
  }
  if (tree.builtin !== null) await copyFile(join(from, 'modules.builtin'), join(to, 'modules.builtin'));
}
