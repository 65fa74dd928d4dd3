// SPDX-License-Identifier: Apache-2.0
/** A word as a shell takes it, whatever is in it. */
export const shellQuote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** The same, and as it is where nothing in it means anything to a shell. */
export const shellWord = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : shellQuote(word));
