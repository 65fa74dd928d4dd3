// SPDX-License-Identifier: Apache-2.0
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { KernelFiles, KernelIdentity, ReadyKernel } from '../../../model/kernel.js';
import { kernelTarget } from '../../../model/kernel-name.js';
import { hashFile } from '../../cache/hash.js';
import { type ImageFormat, imageWords, readImageHeader } from '../../image-format.js';
import { readModuleTree } from '../../modules.js';
import type { Answer, Provider } from '../provider.js';
import { type LocalImage, localUsage, unreadableImage } from './image.js';
import { modulesFolder } from './modules-folder.js';

/** A file that lies where the user says. */
interface LocalOffer {
  /** As it was given, with the image and the modules of a tree in its place. */
  readonly local: LocalImage;
  /** Absolute, a regular file. */
  readonly image: string;
  /** The build tree it is in; null for a file of its own. */
  readonly tree: string | null;
}

/** Kernels of the user's own, which stay where they lie: one is offered, and it is neither brought here nor unpacked. */
const localProvider = {
  async *list(given): AsyncGenerator<Answer<LocalOffer>> {
    yield { offers: [await offerOf(given)], failures: [], read: 1, tried: [] };
  },
  resolve: ([only]) => only,
  fetch: ({ image }) => Promise.resolve([image]),
  unpack: filesOf,
} satisfies Provider<LocalImage, LocalOffer, KernelFiles>;

/**
 * A kernel of the user's own, as it lies there.
 * @throws UsageError when the file is missing, unreadable or no kernel, or when the modules are another kernel's.
 */
export async function localKernel(given: LocalImage): Promise<ReadyKernel> {
  const offers: LocalOffer[] = [];
  for await (const answer of localProvider.list(given)) offers.push(...answer.offers);
  const offer = localProvider.resolve(offers);
  if (offer === undefined) throw new Error(`${given.image}: nothing was offered`);
  const [image = offer.image] = await localProvider.fetch(offer);
  const files = await localProvider.unpack(offer);
  const identity: KernelIdentity = {
    id: given.id,
    source: 'file',
    suite: null,
    package: null,
    version: null,
    artifacts: [],
    release: null,
    imageSha256: await hashFile(image),
    configSha256: files.config === null ? null : await hashFile(files.config),
    modulesSha256: null,
    lock: 'local',
    pinnedPackage: null,
    pinnedVersion: null,
  };
  return { status: 'ready', identity, files };
}

async function offerOf(given: LocalImage): Promise<LocalOffer> {
  const { local, tree } = await outOfTree(given);
  const image = await realpath(local.image).catch((error: unknown) => {
    throw unreadableImage(local, error);
  });
  // A FIFO or a device would be read for ever.
  if (!(await stat(image)).isFile()) throw localUsage(local, `${local.image} is not a regular file`);
  return { local, image, tree };
}

/** A build tree is the image in it, with its own modules where it has built any. `tree` is null for a file. */
async function outOfTree(given: LocalImage): Promise<Pick<LocalOffer, 'local' | 'tree'>> {
  const info = await stat(given.image).catch(() => null);
  if (info?.isDirectory() !== true) return { local: given, tree: null };
  const { built } = kernelTarget(given.id).image;
  const image = join(given.image, built);
  if ((await stat(image).catch(() => null)) === null) {
    throw localUsage(given, `${given.image} is a folder without ${built}: no kernel was built there`);
  }
  const own = given.modules ?? ((await readModuleTree(given.image)).files.size > 0 ? given.image : null);
  return { local: { ...given, image, modules: own }, tree: given.image };
}

async function filesOf({ local, image, tree }: LocalOffer): Promise<KernelFiles> {
  const format = await formatOf(local, image);
  const release = format.kind === 'boot-image' ? format.release : null;
  const modules = local.modules === null ? null : await modulesFolder(local, local.modules, release);
  const named = release ?? (modules === null ? null : basename(modules));
  return { image, modules, config: (await configOf(tree)) ?? (await configBeside(image, modules, named)) };
}

async function formatOf(local: LocalImage, image: string): Promise<ImageFormat> {
  const target = kernelTarget(local.id);
  const format = await readImageHeader(target, image).catch((error: unknown) => {
    throw unreadableImage(local, error);
  });
  if (format === null)
    throw localUsage(local, `${local.image} is no ${target.title} kernel: ${imageWords(target).isNot}`);
  return format;
}

async function configOf(tree: string | null): Promise<string | null> {
  if (tree === null) return null;
  const config = join(tree, '.config');
  return (await stat(config).catch(() => null))?.isFile() === true ? config : null;
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
