// SPDX-License-Identifier: Apache-2.0
import { UsageError } from '../../../model/errors.js';
import type { KernelId } from '../../../model/kernel.js';
import { target } from '../../../target.js';
import { imageWords } from '../../image-format.js';

/** `--kernel-image ID=FILE[,modules=DIR]`, taken apart. */
export interface LocalImage {
  readonly id: KernelId;
  /** A kernel image, or the tree it was built in, as the user wrote it. */
  readonly image: string;
  /** `lib/modules/RELEASE`, a folder with one, or the root of an unpacked package; null without. */
  readonly modules: string | null;
}

export function localUsage(local: LocalImage, message: string, cause?: unknown): UsageError {
  return new UsageError({
    message: `--kernel-image ${local.id}: ${message}`,
    next: `Give --kernel-image ID=FILE[,modules=DIR] with ${imageWords.is} for ${target.title}, or ID=TREE with a built kernel tree.`,
    cause,
  });
}
