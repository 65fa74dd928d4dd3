// SPDX-License-Identifier: Apache-2.0
import type { Blame } from '../../model/blame.js';
import type { Comparison } from '../../verdict/compare.js';
import { describeBlame } from '../../verdict/describe-blame.js';
import { escapeMarkdown, markdownCode } from '../views/markdown.js';
import { oneLine } from '../views/text.js';

/** A program that costs more than in the first object, on kernels that blame the same lines. */
interface Grown {
  readonly object: string;
  readonly program: string;
  readonly kernels: readonly string[];
  readonly blame: Blame;
}

export function grownPrograms({ objects, kernels }: Comparison): readonly Grown[] {
  const found = new Map<string, Grown>();
  for (const kernel of kernels) {
    if (kernel.status === 'missing') continue;
    for (const { program, cells } of kernel.rows) {
      for (const [at, cell] of cells.entries()) {
        if (cell.kind !== 'loaded' || cell.blame === undefined) continue;
        const key = JSON.stringify([at, program, describeBlame(cell.blame, [])]);
        const before = found.get(key)?.kernels ?? [];
        const object = objects[at]?.name ?? '';
        found.set(key, { object, program, blame: cell.blame, kernels: [...before, kernel.id] });
      }
    }
  }
  return [...found.values()];
}

const grownText = ({ kernels, blame }: Grown): string => describeBlame(blame, kernels);

export function grownLines(grown: Grown): readonly string[] {
  const [first] = grown.blame.lines;
  return [
    `  ${oneLine(`${grown.object}/${grown.program}: ${grownText(grown)}`)}`,
    ...(first === undefined || first.text === '' ? [] : [`    ${oneLine(first.text)}`]),
  ];
}

export function grownBlock(grown: Grown): readonly string[] {
  const [first] = grown.blame.lines;
  return [
    `- **${escapeMarkdown(`${grown.object}/${grown.program}`)}**: ${escapeMarkdown(grownText(grown))}`,
    ...(first === undefined || first.text === '' ? [] : [`  - ${markdownCode(first.text)}`]),
  ];
}
