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
