// SPDX-License-Identifier: Apache-2.0
/** Is a name what one of these patterns is for; every name is, of no patterns at all. */
export function isOneOf(patterns: readonly string[] | null): (name: string) => boolean {
  const known = patterns?.map(patternOf) ?? null;
  return (name) => known?.some((pattern) => pattern.test(name)) ?? true;
}

/** A pattern as shells have them: `*` and `?` stop at a slash, `**` does not; `[ab]`, `[!ab]`. It is for all of a text. */
export function patternOf(text: string): RegExp {
  const source = text.replaceAll(/\*\*\/|\*\*|\*|\?|\[[^\]/]+\]|[^*?[]+|\[/g, (part) => {
    if (part === '**/') return '(?:[^/]+/)*';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.length > 1 && part.startsWith('[')) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return part.replaceAll(/[\\^$.|+(){}[\]]/g, '\\$&');
  });
  return new RegExp(`^${source}$`);
}
