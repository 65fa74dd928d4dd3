// SPDX-License-Identifier: Apache-2.0

const blocks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/** For terminals without Unicode. */
const letters = ['_', '.', '-', '=', '+', '*', '%', '#'];

export type SparkSigns = 'blocks' | 'ascii';

/** One sign a value, the lowest of them at the bottom; a gap is a space. Values that are all the same stand in the middle. */
export function sparkline(values: readonly (number | null)[], signs: SparkSigns): string {
  const levels = signs === 'blocks' ? blocks : letters;
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return values
    .map((value) => {
      if (value === null) return ' ';
      const part = high === low ? 0.5 : (value - low) / (high - low);
      return levels[Math.min(levels.length - 1, Math.floor(part * levels.length))] ?? '';
    })
    .join('');
}

/** Does a terminal show the blocks? By the locale, as libc takes it. */
export function sparkSigns(env: Readonly<Record<string, string | undefined>>): SparkSigns {
  const locale =
    [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '') ?? '';
  return env['TERM'] !== 'dumb' && /utf-?8/i.test(locale) ? 'blocks' : 'ascii';
}
