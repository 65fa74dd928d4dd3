// SPDX-License-Identifier: Apache-2.0
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { modinfo, readModule, readModuleTree } from '../../modules.js';
import { ToolMissingError } from '../../tool.js';
import { type LocalImage, localUsage } from './image.js';

/**
 * The `lib/modules/RELEASE` folder: the one that is given, or any of the places it has below a root.
 * @throws UsageError when it holds no modules, or not those of `release` (null: the image does not say).
 */
export async function modulesFolder(local: LocalImage, given: string, release: string | null): Promise<string> {
  const root = await realpath(given).catch((error: unknown) => {
    throw localUsage(local, `modules=${given} cannot be read: ${(error as Error).message}`, error);
  });
  const found = (
    await Promise.all(['.', 'lib/modules', 'usr/lib/modules'].map((base) => releasesIn(join(root, base))))
  ).flat();
  const folders = (await isModuleFolder(root)) ? [root] : found;
  if (folders.length === 0) throw localUsage(local, `modules=${given} holds no kernel modules`);
  const releases = await Promise.all(folders.map((folder) => releaseOf(folder))).catch((error: unknown) => {
    const install = error instanceof ToolMissingError ? `; install ${error.package_}` : '';
    throw localUsage(local, `modules=${given} cannot be read: ${(error as Error).message}${install}`, error);
  });
  const index = release === null ? (folders.length === 1 ? 0 : -1) : releases.indexOf(release);
  const folder = folders[index];
  if (folder === undefined) {
    const wanted = release === null ? 'more than one kernel, and the image does not say which' : `not of ${release}`;
    throw localUsage(local, `modules=${given} holds modules of ${releases.join(', ')}: ${wanted}`);
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
