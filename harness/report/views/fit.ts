// SPDX-License-Identifier: Apache-2.0
import wrapAnsi from 'wrap-ansi';
import { withoutAnsi } from './text.js';
import { textWidth } from './width.js';

/** Lines of a page for a terminal of so many columns: what is too long goes on below itself, broken between words alone. */
export function fitLines(lines: readonly string[], columns: number): readonly string[] {
  return lines.flatMap((line) => fitLine(line, columns));
}

/**
 * One line as many. Those after the first stand under its text, behind what it is labelled with. A word that is wider than
 * the terminal (a path, a hash) stays whole and sticks out, so that it can be copied; a command goes on behind a backslash.
 */
function fitLine(line: string, columns: number): readonly string[] {
  if (textWidth(line) <= columns) return [line];
  const plain = withoutAnsi(line);
  const command = commandLabel.exec(plain);
  if (command !== null) return commandLines(plain, command[0], columns);
  const hang = hangOf(plain, columns);
  const [first = '', ...rest] = wrapped(guarded(line), columns);
  if (rest.length === 0) return [unguarded(first)];
  const below = wrapped(rest.join(' '), Math.max(1, columns - hang));
  return [first, ...below.map((text) => ' '.repeat(hang) + text)].map(unguarded);
}

const commandLabel = /^ +again +/;

const wrapped = (text: string, columns: number): readonly string[] =>
  wrapAnsi(text, columns, { hard: false }).split('\n');

/** Where the text of a line begins, behind its indentation and its label: `    why   `, `  6.12  `, `note: `, `    | `. */
function hangOf(plain: string, columns: number): number {
  const indent = /^ */.exec(plain)?.[0].length ?? 0;
  const labelled = /^ *(?:\S+ {2,}|\| |[^ :]+: )/.exec(plain)?.[0];
  const hang = labelled === undefined ? indent + 2 : textWidth(labelled);
  return hang <= columns / 3 ? hang : Math.min(indent + 2, Math.floor(columns / 3));
}

/** Stands for a space that no line may be broken at: of the indentation, and behind a label. */
const guard = '\ue000';

function guarded(line: string): string {
  const start = /^((?:\u001b\[[\d;]*m)*)( *(?:\S+ {2,}|\| |[^ :]+: )?)/;
  return line.replace(start, (_, paint: string, head: string) => paint + head.replaceAll(' ', guard));
}

const unguarded = (text: string): string => text.replaceAll(guard, ' ');

/** As a shell takes it: broken behind a word, and never inside quotes. */
function commandLines(plain: string, label: string, columns: number): readonly string[] {
  const words = plain.slice(label.length).match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  const lines: string[] = [];
  let current = label;
  for (const word of words) {
    const isFirst = current.trim() === '' || current === label;
    const longer = isFirst ? current + word : `${current} ${word}`;
    if (!isFirst && textWidth(longer) > columns - 2) {
      lines.push(`${current} \\`);
      current = ' '.repeat(label.length) + word;
    } else current = longer;
  }
  return [...lines, current];
}
