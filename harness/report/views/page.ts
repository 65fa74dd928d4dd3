// SPDX-License-Identifier: Apache-2.0
import { isAbsolute, join, relative } from 'node:path';
import { Chalk, type ChalkInstance } from 'chalk';
import type { Tone } from './tone.js';

/** How much is said: what failed and the end alone; the usual; every program, session and line of evidence. */
export type Verbosity = 'quiet' | 'normal' | 'verbose';

/** What a text is laid out for. */
export interface Page {
  /** Width in terminal columns. */
  readonly columns: number;
  readonly palette: Palette;
  readonly detail: Verbosity;
  /** A path of the report as the reader can use it. */
  path(inReport: string): string;
}

/** Paths of the report folder are shown relative to `cwd` where they are inside it. */
export function terminalPage(
  columns: number,
  palette: Palette,
  { folder, cwd, detail = 'normal' }: { readonly folder: string; readonly cwd: string; readonly detail?: Verbosity },
): Page {
  const near = relative(cwd, folder);
  const base = near.startsWith('..') || isAbsolute(near) ? folder : near;
  return { columns, palette, detail, path: (inReport) => join(base, inReport) };
}

/** Of a terminal; 80 x 24 where it does not say (a serial line says 0). */
export function sizeOf(stream: { readonly columns?: number | undefined; readonly rows?: number | undefined }): {
  readonly columns: number;
  readonly rows: number;
} {
  const columns = stream.columns ?? 0;
  const rows = stream.rows ?? 0;
  return { columns: columns > 0 ? columns : 80, rows: rows > 0 ? rows : 24 };
}

export type Paint = (text: string) => string;

/** Colours by meaning. Every paint returns its text as it is when there are no colours. */
export interface Palette {
  readonly tones: Readonly<Record<Tone, Paint>>;
  readonly strong: Paint;
  readonly dim: Paint;
}

export type TerminalEnv = Readonly<Record<string, string | undefined>>;

/**
 * Colours for a stream: NO_COLOR (not empty) says no, else FORCE_COLOR says yes (or no, with 0 or false), else only a
 * terminal that is not `dumb` gets them. Sixteen colours, which every theme can read.
 */
export function terminalPalette(stream: { readonly isTTY?: boolean | undefined }, env: TerminalEnv): Palette {
  return paletteOf(new Chalk({ level: wantsColour(stream.isTTY === true, env) ? 1 : 0 }));
}

function wantsColour(isTerminal: boolean, env: TerminalEnv): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  return isTerminal && env['TERM'] !== 'dumb';
}

function paletteOf(chalk: ChalkInstance): Palette {
  return {
    tones: { good: chalk.green, bad: chalk.red.bold, warn: chalk.yellow, dull: chalk.dim },
    strong: chalk.bold,
    dim: chalk.dim,
  };
}
