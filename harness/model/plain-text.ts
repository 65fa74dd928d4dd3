// SPDX-License-Identifier: Apache-2.0
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g;

/** A text of somebody else's with its control bytes spelled out (`\x1b`), line ends left: none of it moves a cursor. */
export function withoutControls(text: string): string {
  return text.replace(controls, (char) => `\\x${(char.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`);
}
