import { isAbsolute, join, relative } from 'node:path';
import type { Palette } from './palette.js';

/** What a text is laid out for. */
export interface Page {
  /** Width in terminal columns. */
  readonly columns: number;
  readonly palette: Palette;
  /** A path of the report as the reader can use it. */
  path(inReport: string): string;
}

/** `out` is the report folder; its paths are shown relative to `cwd` where they are inside it. */
export function pageFor(columns: number, palette: Palette, out: string, cwd: string): Page {
  const near = relative(cwd, out);
  const base = near.startsWith('..') || isAbsolute(near) ? out : near;
  return { columns, palette, path: (inReport) => join(base, inReport) };
}
