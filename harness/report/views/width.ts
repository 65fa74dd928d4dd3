// SPDX-License-Identifier: Apache-2.0
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { withoutAnsi } from './text.js';

/** Text sized for a terminal. Apart from text.ts, which the page for browsers has in it. */

const ascii = /^[ -~]*$/;

/** Terminal columns that `text` takes; no control bytes in it, and colours take none. */
export function textWidth(text: string): number {
  const plain = text.includes('\u001b') ? withoutAnsi(text) : text;
  // Nearly all of it is, and measuring anything else is slow.
  return ascii.test(plain) ? plain.length : stringWidth(plain);
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** At most `columns` wide, cut between what a person sees as characters; a cut shows as `...`. */
export function clipText(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  const dots = '...'.slice(0, Math.max(0, columns));
  let kept = '';
  let used = dots.length;
  for (const { segment } of graphemes.segment(text)) {
    used += textWidth(segment);
    if (used > columns) break;
    kept += segment;
  }
  return kept + dots;
}

/** Lines of at most `columns`, broken between words; a word that is wider has a line of its own, and sticks out. */
export function wrapText(text: string, columns: number): readonly string[] {
  const words = text.replace(/\s+/g, ' ').trim();
  if (textWidth(words) <= columns) return [words];
  return wrapAnsi(words, Math.max(1, columns), { hard: false }).split('\n');
}

/** Exactly `columns` wide, filled on the right. */
export function padText(text: string, columns: number): string {
  const cut = clipText(text, columns);
  return cut + ' '.repeat(Math.max(0, columns - textWidth(cut)));
}
