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
  /** Widths of the lines on the screen. */
  #drawn: readonly number[] = [];
  #last = '';

  constructor(stream: TerminalStream) {
    this.#stream = stream;
  }

  /** Puts `lines` in place of the block. `above` is printed once before it, and scrolls away with the rest. */
  draw(lines: readonly LiveLine[], above: readonly string[] = []): void {
    const block = lines.map((line) => `${line.text}\n`).join('');
    if (above.length === 0 && block === this.#last && !this.#wraps()) return;
    const before = above.map((line) => `${line}\n`).join('');
    // One write: a terminal that gets erase and redraw together does not flicker.
    this.#stream.write(this.#eraser() + before + block);
    this.#drawn = lines.map((line) => line.width);
    this.#last = block;
  }

  /** Removes the block and prints `lines` where it was. */
  replaceWith(lines: readonly string[]): void {
    this.draw([], lines);
  }

  /**
   * Terminals wrap lines again when they get narrower, so a line may take more rows than when it was drawn. Never more
   * than the screen has: the cursor stops at its top.
   */
  #eraser(): string {
    const { columns } = sizeOf(this.#stream);
    const rows = this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return rows === 0 ? '' : `\u001b[${rows}A\r\u001b[J`;
  }

  #wraps(): boolean {
    const { columns } = sizeOf(this.#stream);
    return this.#drawn.some((width) => width > columns);
  }
}
