// SPDX-License-Identifier: Apache-2.0
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
