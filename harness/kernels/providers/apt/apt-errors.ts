// SPDX-License-Identifier: Apache-2.0
import type { FailureKind } from '../provider.js';

/** Why apt could not get an index or a package from one archive. */
export interface AptFailure {
  readonly kind: FailureKind;
  /** apt's own deciding words, one line. */
  readonly detail: string;
}

/** First match decides; the order is from the most to the least specific. apt speaks English under LC_ALL=C.UTF-8. */
const patterns: readonly (readonly [FailureKind, RegExp])[] = [
  ['disk-full', /No space left on device|enough free space|Disk quota exceeded/i],
  [
    'untrusted',
    /NO_PUBKEY|EXPKEYSIG|REVKEYSIG|BADSIG|signatures? (?:couldn't be verified|were invalid)|is not signed|Clearsigned file|not valid OpenPGP|gpgv|sqv|OpenPGP signature|is expired|not valid yet/i,
  ],
  ['damaged', /Hash Sum mismatch|unexpected size|Hashes of (?:expected|received)|Sub-process .* returned an error/i],
  [
    'unreachable',
    /Could not resolve|Could not connect|Unable to connect|Connection (?:failed|refused|timed out|reset)|Network is unreachable|No route to host|Temporary failure|timed? ?out|Error reading from server|certificate|\b(?:401|403|407|429|5\d\d)\s+\S/i,
  ],
  ['absent', /404\s+Not Found|File not found|does not have a Release file|No such file/i],
];

/** Sorts what apt printed into one of few kinds, with the line that decided. */
export function classifyApt(output: string): AptFailure {
  const lines = output.split('\n').map((line) => line.trim());
  for (const [kind, pattern] of patterns) {
    const line = lines.find((text) => pattern.test(text));
    if (line !== undefined) return { kind, detail: tidy(line) };
  }
  const last = lines.filter((line) => /^E: /.test(line)).at(-1);
  return { kind: 'unreachable', detail: tidy(last ?? 'apt-get failed without a word') };
}

function tidy(line: string): string {
  return line.replace(/^[EW]: /, '').replace(/\s+/g, ' ');
}
