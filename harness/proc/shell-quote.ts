// SPDX-License-Identifier: Apache-2.0
/** A word as a shell takes it, whatever is in it. */
export const shellQuote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;
