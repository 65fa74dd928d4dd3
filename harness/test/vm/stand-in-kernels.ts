// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ReadyKernel } from '../../model/kernel.js';
import { runProgramForBytes } from '../../proc/run.js';
import { type BuiltDeb, buildDeb } from '../unit/kernels/fixture/packages.js';

/** Files by path from the root. */
export type Tree = Readonly<Record<string, Buffer>>;

/** A kernel that boots, under the name of a release that is not its own: the image says it too. */
export interface StandInKernel {
  readonly release: string;
  readonly image: Buffer;
  readonly config: Buffer;
  /** `modules.builtin` and the modules, below lib/modules/RELEASE. */
  readonly modules: Tree;
}

/** The ELF image inside of a bzImage: Documentation/arch/x86/boot.rst, setup_sects, payload_offset, payload_length. */
async function vmlinuxOf(image: Buffer): Promise<Buffer> {
  const start = (image.readUInt8(0x1f1) + 1) * 512 + image.readUInt32LE(0x248);
  // The length that it unpacks to stands behind it.
  const input = image.subarray(start, start + image.readUInt32LE(0x24c) - 4);
  // Debian's are packed by LZ4 or by zstd.
  const { exitCode, stdout, stderr } = await runProgramForBytes('bsdcat', [], { input });
  if (exitCode !== 0) throw new Error(`bsdcat: ${stderr}`);
  return Buffer.from(stdout);
}

/** The same bytes with one text in the place of another; what is left of the place is NUL, which ends a text. */
function renamed(data: Buffer, from: string, to: string): Buffer {
  const place = Buffer.alloc(from.length);
  if (to.length > from.length) throw new Error(`${to} is longer than ${from}`);
  place.write(to, 'latin1');
  for (let at = data.indexOf(from); at !== -1; at = data.indexOf(from, at + 1)) place.copy(data, at);
  return data;
}

const signatureMark = '~Module signature appended~\n';

/** A module that was changed has to be one that nobody has signed: include/linux/module_signature.h. */
function unsigned(module: Buffer): Buffer {
  const end = module.length - signatureMark.length;
  if (module.toString('latin1', end) !== signatureMark) return module;
  return module.subarray(0, end - 12 - module.readUInt32BE(end - 4));
}

/** A kernel of the cache by another name, no longer than its own; by its own, its image stays as it is. */
export async function standInKernel({ files }: ReadyKernel, release?: string): Promise<StandInKernel> {
  const modules = files.modules ?? '';
  const own = basename(modules);
  const name = release ?? own;
  const read = async (path: string): Promise<Buffer> => {
    const data = await readFile(join(modules, path));
    return name === own ? data : renamed(unsigned(data), own, name);
  };
  const paths = (await readdir(modules, { recursive: true })).filter((path) => /\.ko$|^modules\.builtin$/.test(path));
  const tree = await Promise.all(paths.map(async (path) => [path, await read(path)] as const));
  const image = await readFile(files.image);
  return {
    release: name,
    image: name === own ? image : renamed(await vmlinuxOf(image), own, name),
    config: await readFile(files.config ?? ''),
    modules: Object.fromEntries(tree),
  };
}

function below(folder: string, tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).map(([path, data]) => [join(folder, path), data]));
}

/** As Debian packs a kernel: all in one. */
export function debianPackage(folder: string, kernel: StandInKernel, version: string): Promise<BuiltDeb> {
  const { release, image, config, modules } = kernel;
  return buildDeb(folder, {
    name: `linux-image-${release}`,
    version,
    files: {
      [`boot/vmlinuz-${release}`]: image,
      [`boot/config-${release}`]: config,
      ...below(`lib/modules/${release}`, modules),
    },
  });
}

/** As Ubuntu packs one: the configuration is with the modules. */
export async function ubuntuPackages(
  folder: string,
  { release, image, config, modules }: StandInKernel,
  version: string,
): Promise<{ readonly image: BuiltDeb; readonly modules: BuiltDeb }> {
  const [ofImage, ofModules] = await Promise.all([
    buildDeb(folder, {
      name: `linux-image-${release}`,
      version,
      depends: `linux-modules-${release}`,
      files: { [`boot/vmlinuz-${release}`]: image },
    }),
    buildDeb(folder, {
      name: `linux-modules-${release}`,
      version,
      files: { [`boot/config-${release}`]: config, ...below(`lib/modules/${release}`, modules) },
    }),
  ]);
  return { image: ofImage, modules: ofModules };
}
