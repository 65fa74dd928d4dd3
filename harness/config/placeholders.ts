/**
 * Placeholders in the command lines and the environment of an agent: `{policy}` and so on. What they stand for is
 * known only when an agent is started in a guest; that they exist is checked when the configuration is read.
 */
export const placeholders = [
  'binary',
  'object',
  'policy',
  'report',
  'folder',
  'mode',
  'signal',
  'fallback',
  'gate',
  'threshold',
  'window',
] as const;

/** A word in braces. JSON in an argument has quotes or spaces after its brace and is left alone. */
const inBraces = /\{([A-Za-z][A-Za-z0-9_-]*)\}/g;

/** The first placeholder that nobody knows, with its braces; null when all are known. */
export function unknownPlaceholder(text: string): string | null {
  const known: readonly string[] = placeholders;
  for (const [braced, name = ''] of text.matchAll(inBraces)) {
    if (!known.includes(name)) return braced;
  }
  return null;
}

/**
 * Puts in what the placeholders stand for, once: a value that has braces itself is not expanded again. A word that comes
 * out empty is left out, so that an option without a value can be spelled ''. A placeholder without a value stays.
 */
export function expand(words: readonly string[], values: Readonly<Record<string, string>>): readonly string[] {
  return words
    .map((word) =>
      word.replace(
        inBraces,
        (braced, name: string) => (Object.hasOwn(values, name) ? values[name] : undefined) ?? braced,
      ),
    )
    .filter((word) => word !== '');
}
