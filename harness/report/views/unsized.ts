// SPDX-License-Identifier: Apache-2.0
import type { RunReport } from '../../model/report.js';
import { isUnsized } from '../../verdict/unsized-maps.js';
import { escape } from './markdown.js';
import { oneLine } from './text.js';

const why = 'no size in the object; created with one, as its own loader would';

/** `object/map`, each once, of all kernels. */
function unsizedOf({ kernels }: RunReport): readonly string[] {
  const names = kernels.flatMap((kernel) =>
    kernel.status === 'unavailable'
      ? []
      : kernel.objects.flatMap(({ object, maps }) => maps.filter(isUnsized).map(({ name }) => `${object}/${name}`)),
  );
  return [...new Set(names)];
}

/** `object/map: why`. */
export const unsizedLines = (report: RunReport): readonly string[] =>
  unsizedOf(report).map((name) => oneLine(`  ${name}: ${why}`));

export const unsizedBlocks = (report: RunReport): readonly (readonly string[])[] =>
  unsizedOf(report).map((name) => [`- ${escape(name)}: ${why}`, '']);
