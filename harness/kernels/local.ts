import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../model/errors.js';
import type { KernelId, ReadyKernel } from '../model/kernel.js';
import { type ImageFormat, readImageHeader } from './bzimage.js';
import { hashFile } from './cache/hash.js';
import { modinfo, readModule, readModuleTree } from './modules.js';
import { ToolMissingError } from './tool.js';

/** `--kernel-image ID=FILE[,modules=DIR]`, taken apart. */
export interface LocalImage {
  readonly id: KernelId;
  /** bzImage or ELF vmlinux, or the tree it was built in, as the user wrote it. */
  readonly image: string;
  /** `lib/modules/RELEASE`, a folder with one, or the root of an unpacked package; null without. */
  readonly modules: string | null;
}

/**
 * A kernel of the user's own, as it lies there.
 * @throws UsageError when the file is missing, unreadable or no kernel, or when the modules are another kernel's.
 */
export async function localKernel(given: LocalImage): Promise<ReadyKernel> {
  const { local, tree } = await outOfTree(given);
  const image = await realpath(local.image).catch((error: unknown) => {
    throw usage(local, `${local.image} cannot be read: ${(error as Error).message}`, error);
  });
  // A FIFO or a device would be read for ever.
  if (!(await stat(image)).isFile()) throw usage(local, `${local.image} is not a regular file`);
  const format = await formatOf(local, image);
  const release = format.kind === 'bzImage' ? format.release : null;
  const modules = local.modules === null ? null : await modulesFolder(local, local.modules, release);
  const named = release ?? (modules === null ? null : basename(modules));
  return {
    status: 'ready',
    identity: {
      id: local.id,
      source: 'file',
      suite: null,
      package: null,
      version: null,
      debs: [],
      imageSha256: await hashFile(image),
      lock: 'local',
      pinnedVersion: null,
    },
    files: { image, modules, config: (await configOf(tree)) ?? (await configBeside(image, modules, named)) },
  };
}

/** What a kernel build leaves in its tree. */
const builtImage = 'arch/x86/boot/bzImage';

/** A build tree is its bzImage, with its own modules where it has built any. `tree` is null for a file. */
async function outOfTree(given: LocalImage): Promise<{ local: LocalImage; tree: string | null }> {
  const info = await stat(given.image).catch(() => null);
  if (info?.isDirectory() !== true) return { local: given, tree: null };
  const image = join(given.image, builtImage);
  if ((await stat(image).catch(() => null)) === null) {
    throw usage(given, `${given.image} is a folder without ${builtImage}: no kernel was built there`);
  }
  const own = given.modules ?? ((await readModuleTree(given.image)).files.size > 0 ? given.image : null);
  return { local: { ...given, image, modules: own }, tree: given.image };
}

async function configOf(tree: string | null): Promise<string | null> {
  if (tree === null) return null;
  const config = join(tree, '.config');
  return (await stat(config).catch(() => null))?.isFile() === true ? config : null;
}

async function formatOf(local: LocalImage, image: string): Promise<ImageFormat> {
  const format = await readImageHeader(image).catch((error: unknown) => {
    throw usage(local, `${local.image} cannot be read: ${(error as Error).message}`, error);
  });
  if (format === null) {
    throw usage(local, `${local.image} is no x86-64 kernel: neither a bzImage (HdrS) nor an ELF vmlinux`);
  }
  return format;
}

/** Accepts the folder itself, or any of the places it has below a root. */
async function modulesFolder(local: LocalImage, given: string, release: string | null): Promise<string> {
  const root = await realpath(given).catch((error: unknown) => {
    throw usage(local, `modules=${given} cannot be read: ${(error as Error).message}`, error);
  });
  const found = (
    await Promise.all(['.', 'lib/modules', 'usr/lib/modules'].map((base) => releasesIn(join(root, base))))
  ).flat();
  const folders = (await isModuleFolder(root)) ? [root] : found;
  if (folders.length === 0) throw usage(local, `modules=${given} holds no kernel modules`);
  const releases = await Promise.all(folders.map((folder) => releaseOf(folder))).catch((error: unknown) => {
    const install = error instanceof ToolMissingError ? `; install ${error.package_}` : '';
    throw usage(local, `modules=${given} cannot be read: ${(error as Error).message}${install}`, error);
  });
  const index = release === null ? (folders.length === 1 ? 0 : -1) : releases.indexOf(release);
  const folder = folders[index];
  if (folder === undefined) {
    const wanted = release === null ? 'more than one kernel, and the image does not say which' : `not of ${release}`;
    throw usage(local, `modules=${given} holds modules of ${releases.join(', ')}: ${wanted}`);
  }
  return folder;
}

async function releasesIn(base: string): Promise<string[]> {
  const items = await readdir(base, { withFileTypes: true }).catch(() => []);
  const folders = items.filter((item) => item.isDirectory()).map((item) => join(base, item.name));
  const checks = await Promise.all(
    folders.sort().map(async (folder) => ((await isModuleFolder(folder)) ? [folder] : [])),
  );
  return checks.flat();
}

async function isModuleFolder(folder: string): Promise<boolean> {
  const marks = ['kernel', 'modules.builtin', 'modules.order'].map((name) => stat(join(folder, name)));
  return (await Promise.allSettled(marks)).some((mark) => mark.status === 'fulfilled');
}

/** What the modules were built for, by their own word (`vermagic`); the folder's name when there is no module. */
async function releaseOf(folder: string): Promise<string> {
  const [first] = [...(await readModuleTree(folder)).files.values()];
  const magic = first === undefined ? null : modinfo(await readModule(first), 'vermagic');
  return magic?.split(' ')[0] ?? basename(folder);
}

/** The configuration where distributions put it: `config-RELEASE` by the image, `config` by image or modules. */
async function configBeside(image: string, modules: string | null, release: string | null): Promise<string | null> {
  const suffix = /^vmlinu[xz]-(.+)$/.exec(basename(image))?.[1] ?? release;
  const names = [
    ...(suffix === null ? [] : [join(dirname(image), `config-${suffix}`)]),
    ...(modules === null ? [] : [join(modules, 'config')]),
    join(dirname(image), 'config'),
    join(dirname(image), '.config'),
  ];
  for (const name of names) {
    const info = await stat(name).catch(() => null);
    if (info?.isFile()) return name;
  }
  return null;
}

function usage(local: LocalImage, message: string, cause?: unknown): UsageError {
  return new UsageError({
    message: `--kernel-image ${local.id}: ${message}`,
    next: 'Give --kernel-image ID=FILE[,modules=DIR] with a bzImage or vmlinux for x86-64, or ID=TREE with a built kernel tree.',
    cause,
  });
}
