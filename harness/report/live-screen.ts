import type { LiveLine } from './live-lines.js';

/** The part of a terminal that is needed here; `process.stdout` is one. */
export interface TerminalStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** Of the terminal; 80 x 24 where it does not say (a serial line says 0). */
export function sizeOf(stream: TerminalStream): { readonly columns: number; readonly rows: number } {
  const columns = stream.columns ?? 0;
  const rows = stream.rows ?? 0;
  return { columns: columns > 0 ? columns : 80, rows: rows > 0 ? rows : 24 };
}

/**
 * A block of lines at the bottom of a terminal that is redrawn in place. The cursor is never hidden and no mode is
 * ever set: it waits at the start of the line below the block, so that any end, SIGKILL too, leaves a sane terminal.
 */
export class LiveScreen {
  readonly #stream: TerminalStream;
  #drawn: readonly LiveLine[] = [];

  constructor(stream: TerminalStream) {
    this.#stream = stream;
  }

  /** Puts `lines` in place of the block. `above` is printed once before it, and scrolls away with the rest. */
  draw(lines: readonly LiveLine[], above: readonly LiveLine[] = []): void {
    const { columns } = sizeOf(this.#stream);
    if (above.length === 0 && sameLines(lines, this.#drawn) && fits(this.#drawn, columns)) return;
    const body = [...above, ...lines].map((line) => `${line.text}${restOfLine(line, columns)}\n`).join('');
    // One write, and lines are overwritten rather than erased first: no flicker, and tmux, which keeps every screen
    // that is erased whole in its history, does not keep ten of them a second.
    this.#stream.write(`${this.#backToTop(columns)}${body}${this.#drawn.length === 0 ? '' : eraseBelow}`);
    this.#drawn = lines;
  }

  /** Removes the block and prints `lines` where it was. */
  replaceWith(lines: readonly LiveLine[]): void {
    this.draw([], lines);
  }

  /**
   * Terminals wrap lines again when they get narrower, so a line may take more rows than when it was drawn. Never more
   * than the screen has: the cursor stops at its top.
   */
  #backToTop(columns: number): string {
    const rows = this.#drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.width / columns)), 0);
    return rows === 0 ? '' : `\u001b[${rows}A\r`;
  }
}

const eraseBelow = '\u001b[J';

/** A line that fills its last row leaves the cursor on that row's last character, which erasing would take away. */
function restOfLine(line: LiveLine, columns: number): string {
  return line.width > 0 && line.width % columns === 0 ? '' : '\u001b[K';
}

function sameLines(a: readonly LiveLine[], b: readonly LiveLine[]): boolean {
  return a.length === b.length && a.every((line, index) => line.text === b[index]?.text);
}

function fits(lines: readonly LiveLine[], columns: number): boolean {
  return lines.every((line) => line.width < columns);
}
