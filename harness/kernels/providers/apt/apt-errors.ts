// SPDX-License-Identifier: Apache-2.0
import { STATUS_CODES } from 'node:http';
import { withoutCredentials } from '../credentials.js';
import type { FailureKind } from '../provider.js';
import { retryAfterOf } from './retry-after.js';

/** Why apt could not get an index or a package from one archive. `detail`: the deciding words, one line. */
export type AptFailure =
  | { readonly kind: Exclude<FailureKind, 'busy'>; readonly detail: string }
  /** `retryAfter`: seconds that the server asks its callers to wait; null where it does not say. */
  | { readonly kind: 'busy'; readonly detail: string; readonly retryAfter: number | null };

/** First match decides; the order is from the most to the least specific. apt speaks English under LC_ALL=C.UTF-8. */
const patterns: readonly (readonly [FailureKind, RegExp])[] = [
  ['disk-full', /No space left on device|enough free space|Disk quota exceeded/i],
  // Before signatures: of an index that did not arrive apt also says that it is not signed.
  ['busy', /(?:^|\s{2})(?:429|5\d\d)\s{2}/],
  ['expired', /Release file for \S+ is (?:expired|not valid yet)/i],
  [
    'untrusted',
    /NO_PUBKEY|EXPKEYSIG|REVKEYSIG|BADSIG|signatures? (?:couldn't be verified|were invalid)|is not signed|Clearsigned file|not valid OpenPGP|gpgv|sqv|OpenPGP signature/i,
  ],
  ['damaged', /Hash Sum mismatch|unexpected size|Hashes of (?:expected|received)|Sub-process .* returned an error/i],
  [
    'unreachable',
    /Could not resolve|Could not connect|Unable to connect|Connection (?:failed|refused|timed out|reset)|Network is unreachable|No route to host|Temporary failure|timed? ?out|Error reading from server|certificate|\b(?:401|403|407)\s+\S/i,
  ],
  ['absent', /404\s+Not Found|File not found|does not have a Release file|No such file/i],
];

/**
 * Sorts what apt printed into one of few kinds, with the line that decided. `debug`: the requests and answers as
 * Debug::Acquire::http prints them, for what apt itself does not pass on.
 */
export function classifyApt(output: string, debug = ''): AptFailure {
  const lines = output.split('\n').map((line) => line.trim());
  for (const [kind, pattern] of patterns) {
    const line = lines.find((text) => pattern.test(text));
    if (line === undefined) continue;
    return kind === 'busy' ? busy(line, debug) : { kind, detail: tidy(line) };
  }
  const last = lines.filter((line) => /^E: /.test(line)).at(-1);
  return { kind: 'unreachable', detail: tidy(last ?? 'apt-get failed without a word') };
}

function busy(line: string, debug: string): AptFailure {
  const status = Number(/(?:^|\s{2})(\d{3})\s{2}/.exec(line)?.[1]);
  const retryAfter = retryAfterOf(debug, status, Date.now());
  const what = status === 429 ? 'the server limits its callers' : 'the server failed';
  const wait = retryAfter === null ? '' : `, and asks to wait ${retryAfter} s`;
  return { kind: 'busy', detail: `${what} (${status} ${STATUS_CODES[status] ?? 'without a name'})${wait}`, retryAfter };
}

function tidy(line: string): string {
  return withoutCredentials(line.replace(/^[EW]: /, '').replace(/\s+/g, ' '));
}
