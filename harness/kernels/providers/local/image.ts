// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../../../model/errors.js';
import type { KernelId } from '../../../model/kernel.js';
import { shellWord } from '../../../proc/shell-quote.js';
import { kernelTarget } from '../../../model/kernel-name.js';
import { imageWords } from '../../image-format.js';

/** `--kernel-image ID=FILE[,modules=DIR]`, taken apart. */
export interface LocalImage {
  readonly id: KernelId;
  /** A kernel image, or the tree it was built in, as the user wrote it. */
  readonly image: string;
  /** `lib/modules/RELEASE`, a folder with one, or the root of an unpacked package; null without. */
  readonly modules: string | null;
}

/**
 * What to say of an image that cannot be opened. Ubuntu's in /boot are for root alone, and are read here by whom the user
 * is: copied once by root, or taken out of the package that everybody may download.
 */
export function unreadableImage(local: LocalImage, error: unknown): UsageError {
  const { code, message } = error as NodeJS.ErrnoException;
  const usage = localUsage(local, `${local.image} cannot be read: ${message}`, error);
  return code === 'EACCES' ? new UsageError({ message: usage.message, next: howToRead(local), cause: error }) : usage;
}

function howToRead({ id, image, modules }: LocalImage): string {
  const name = basename(image);
  const release = /^vmlinu[xz]-(.+)$/.exec(name)?.[1];
  const config = release === undefined ? '' : join(dirname(image), `config-${release}`);
  const files = [image, ...(existsSync(config) ? [config] : [])].map(shellWord).join(' ');
  const tree = modules ?? (release === undefined ? null : `/lib/modules/${release}`);
  const rest = tree !== null && existsSync(tree) ? `,modules=${tree}` : '';
  const copy = `Copy it: \`sudo install -m 0644 ${files} .\`, then --kernel-image ${shellWord(`${id}=${name}${rest}`)}`;
  if (release === undefined) return `${copy}.`;
  const package_ = `linux-image-${release}`;
  const unpack = `apt-get download ${package_} && dpkg-deb -x ${package_}_*.deb kernel`;
  return `${copy}; or take it out of its package: \`${unpack}\`, then --kernel-image ${id}=kernel/boot/${name}${rest}.`;
}

export function localUsage(local: LocalImage, message: string, cause?: unknown): UsageError {
  const target = kernelTarget(local.id);
  return new UsageError({
    message: `--kernel-image ${local.id}: ${message}`,
    next: `Give --kernel-image ID=FILE[,modules=DIR] with ${imageWords(target).is} for ${target.title}, or ID=TREE with a built kernel tree.`,
    cause,
  });
}
