/** A word as a shell takes it, whatever is in it. */
export const shellQuote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;
