import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { readImageHeader } from './bzimage.js';
import { moduleClosure } from './closure.js';
import { extraModules, readModuleTree, transportModules } from './modules.js';
import { runTool } from './tool.js';

/** Raised when what is kept of a package changes, so that older cache entries are not taken for it. */
export const layoutVersion = 2;

/** A package that does not hold what a kernel package holds. */
export class PackageError extends Error {
  override readonly name = 'PackageError';
}

/**
 * Unpacks .deb files without root and keeps of them the image, the configuration, and of the modules those that a
 * guest can be asked to load, decompressed: 12 to 14 MB of the 50 to 110 a kernel unpacks to.
 *
 * Layout of `into`: `vmlinuz`, `config`, `lib/modules/RELEASE/{kernel/NAME.ko,modules.builtin}`.
 * @throws PackageError naming the package; ToolMissingError.
 */
export async function unpackKernel(
  debs: readonly string[],
  release: string,
  scratch: string,
  into: string,
  signal?: AbortSignal,
): Promise<void> {
  await mkdir(scratch, { recursive: true });
  for (const deb of debs) {
    const result = await runTool('dpkg-deb', ['-x', deb, scratch], signal ? { signal } : {});
    if (result.exitCode !== 0)
      throw new PackageError(`${basename(deb)}: ${result.stderr.trim().replace(/\s*\n\s*/g, '; ')}`);
  }
  const found = await findParts(scratch, release);
  if (found.image === undefined)
    throw new PackageError(`${debs.map((d) => basename(d)).join(', ')}: no vmlinuz inside`);
  if ((await readImageHeader(found.image)) === null) {
    throw new PackageError(`${relative(scratch, found.image)}: not an x86-64 kernel image`);
  }
  await copyFile(found.image, join(into, 'vmlinuz'));
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
    const target = join(to, dirname(relative(from, source)), `${module.name}.ko`);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, module.bytes);
  }
  if (tree.builtin !== null) await copyFile(join(from, 'modules.builtin'), join(to, 'modules.builtin'));
}
