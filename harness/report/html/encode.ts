// SPDX-License-Identifier: Apache-2.0
import { gzipSync } from 'node:zlib';

/** JSON that can stand in a script element of HTML: nothing in it ends the element or begins a comment. */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escaped);
}

function escaped(char: string): string {
  return `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}

/** Text as an attribute in double quotes, or between tags. */
export function escapeHtml(text: string): string {
  return text.replace(/[<>&"']/g, (char) => `&#${char.codePointAt(0) ?? 0};`);
}

/** gzip in base64, as the page unpacks it; equal texts give equal bytes. */
export function packedText(text: string): string {
  return gzipSync(text, { level: 9 }).toString('base64');
}
