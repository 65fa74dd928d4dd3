import { Chalk, type ChalkInstance } from 'chalk';
import type { Tone } from './words.js';

export type Paint = (text: string) => string;

/** Colours by meaning. Every paint returns its text as it is when there are no colours. */
export interface Palette {
  readonly tones: Readonly<Record<Tone, Paint>>;
  readonly strong: Paint;
  readonly dim: Paint;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Colours for a stream: NO_COLOR (not empty) says no, else FORCE_COLOR says yes (or no, with 0 or false), else only a
 * terminal that is not `dumb` gets them. Sixteen colours, which every theme can read.
 */
export function paletteFor(stream: { readonly isTTY?: boolean | undefined }, env: Environment): Palette {
  return paletteOf(new Chalk({ level: wantsColour(stream.isTTY === true, env) ? 1 : 0 }));
}

function wantsColour(isTerminal: boolean, env: Environment): boolean {
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
