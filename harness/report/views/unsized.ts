// SPDX-License-Identifier: Apache-2.0
import type { MapDeclaration } from '../../model/evidence.js';
import type { RunReport } from '../../model/report.js';
import { type MissingSize, missingSizes } from '../../verdict/unsized-maps.js';
import { escapeMarkdown } from './markdown.js';
import { oneLine } from './text.js';

const labels: Readonly<Record<MissingSize, string>> = { entries: 'number of entries', values: 'size of its values' };

/** `object/map: what it lacks`, each once, of all kernels. */
function unsizedOf({ kernels }: RunReport): readonly string[] {
  const lines = kernels.flatMap((kernel) =>
    kernel.status === 'unavailable'
      ? []
      : kernel.objects.flatMap(({ object, maps }) => maps.flatMap((map) => unsizedLine(object, map))),
  );
  return [...new Set(lines)];
}

function unsizedLine(object: string, map: MapDeclaration): readonly string[] {
  const missing = missingSizes(map).map((size) => `no ${labels[size]}`);
  if (missing.length === 0) return [];
  return [`${object}/${map.name}: ${missing.join(', ')} in the object; loaded with the usual, as its own loader would`];
}

export const unsizedLines = (report: RunReport): readonly string[] =>
  unsizedOf(report).map((line) => oneLine(`  ${line}`));

export const unsizedBlocks = (report: RunReport): readonly (readonly string[])[] =>
  unsizedOf(report).map((line) => [`- ${escapeMarkdown(line)}`, '']);
