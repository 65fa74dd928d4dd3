// SPDX-License-Identifier: Apache-2.0
/** Text that came from elsewhere (a console, a log, a name in an object) made safe and sized for one line. */

const ansiSequence = /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\|$)|[ -/]*[0-~])/g;
// C0, DEL, C1, lone surrogates, non-characters, and the marks that reorder or hide what a person sees.
const unprintable =
  /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]|\p{Surrogate}/gu;

/** Colours, cursor movements and window titles left out. */
export function withoutAnsi(text: string): string {
  return text.replace(ansiSequence, '');
}

/** Terminal sequences dropped, every other control byte spelled out (`\x07`), line ends and tabs made spaces. */
export function oneLine(text: string): string {
  return withoutAnsi(text)
    .replace(/\r+$/, '')
    .replace(/[\r\n\t]+/g, ' ')
    .replace(unprintable, spell);
}

function spell(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

const marks = /^\p{Mark}$/u;
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;

/** Terminal columns that `text` takes; no control bytes in it. */
export function textWidth(text: string): number {
  let columns = 0;
  for (const char of text) columns += charWidth(char);
  return columns;
}

function charWidth(char: string): number {
  if (char < '\u0300') return 1;
  if (marks.test(char)) return 0;
  return wide.test(char) ? 2 : 1;
}

/** At most `columns` wide; a cut shows as `...`. */
export function clipText(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  const dots = '...'.slice(0, Math.max(0, columns));
  let kept = '';
  let used = dots.length;
  for (const char of text) {
    used += charWidth(char);
    if (used > columns) break;
    kept += char;
  }
  return kept + dots;
}

/** Lines of at most `columns`, broken between words; a word that is wider has a line of its own, and sticks out. */
export function wrapText(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(last) + 1 + textWidth(word) <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Exactly `columns` wide, filled on the right. */
export function padText(text: string, columns: number): string {
  const cut = clipText(text, columns);
  return cut + ' '.repeat(Math.max(0, columns - textWidth(cut)));
}
