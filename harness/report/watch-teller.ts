import { type Environment, paletteFor } from './palette.js';
import { type Page, pageFor } from './page.js';
import { oneLine, withoutAnsi } from './text.js';
import type { WatchEvent } from './watch-events.js';
import { seconds, stepLines } from './watch-lines.js';

export interface WatchTellerOptions {
  readonly stream: NodeJS.WriteStream;
  readonly env: Environment;
  readonly cwd: string;
  /** Report folder. */
  readonly out: string;
}

/** Takes what a watch does, one event after the other. */
export type WatchTeller = (event: WatchEvent) => void;

/**
 * Tells a watch to a person, line by line. On a terminal what goes on now stands in the last line, and goes when it is
 * done; everywhere else only what has come about is told.
 */
export function watchTeller({ stream, env, cwd, out }: WatchTellerOptions): WatchTeller {
  const live = stream.isTTY && env['TERM'] !== 'dumb';
  const palette = paletteFor(stream, env);
  const page = (): Page => pageFor(stream.isTTY ? stream.columns : Number.POSITIVE_INFINITY, palette, out, cwd);
  const clear = live ? '\r\u001b[2K' : '';
  return (event) => {
    const passing = passingWords(event);
    if (passing !== null) {
      if (live) stream.write(`${clear}${palette.dim(passing.slice(0, Math.max(0, stream.columns - 1)))}`);
      return;
    }
    const lines = lastingLines(event, page());
    if (lines.length > 0) stream.write(`${clear}${lines.join('\n')}\n`);
  };
}

/** One line of JSON for each thing that came about; nothing for what merely goes on. */
export function watchJson(stream: NodeJS.WriteStream): WatchTeller {
  return (event) => {
    if (passingWords(event) === null) stream.write(`${JSON.stringify(event)}\n`);
  };
}

/** What is only true for a moment; null for what has come about. */
function passingWords(event: WatchEvent): string | null {
  switch (event.type) {
    case 'building':
      return `building: ${oneLine(event.command)}`;
    case 'loading':
      return `loading on ${event.kernels.join(', ')}`;
    case 'waiting':
      return 'waiting for a save; Ctrl-C ends';
    default:
      return null;
  }
}

function lastingLines(event: WatchEvent, page: Page): readonly string[] {
  const { palette } = page;
  switch (event.type) {
    case 'notice':
      return [palette.tones.warn(`note: ${oneLine(event.text)}`)];
    case 'build-failed':
      return [
        palette.tones.bad(`does not build: ${oneLine(event.command)}`),
        ...compilerLines(event.output),
        palette.dim('nothing was loaded; waiting for the next save'),
        '',
      ];
    case 'unusable':
      return [palette.tones.bad(oneLine(event.message)), `  next: ${oneLine(event.next)}`, ''];
    case 'same':
      return [palette.dim(`${seconds(event.ms)} after the save: the objects are the same, byte for byte`), ''];
    case 'overtaken':
      return [palette.dim('saved again before the answer: asked anew')];
    case 'step':
      return [...stepLines(event.step, page), ''];
    default:
      return [];
  }
}

/** A compiler's words with their indentation: the caret points at a column. */
function compilerLines(output: string): readonly string[] {
  const lines = output.trimEnd().split(/\r?\n/);
  return lines.map(
    (line) =>
      `  ${withoutAnsi(line)
        .replace(/\t/g, '    ')
        .replace(/\p{Cc}/gu, '?')}`,
  );
}
