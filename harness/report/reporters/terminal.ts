// SPDX-License-Identifier: Apache-2.0
import type { RunEvent } from '../../model/events.js';
import type { Destination, TextStream } from '../destination.js';
import { benchmarkPage } from '../pages/benchmark.js';
import { bisectionPage } from '../pages/bisection.js';
import { comparisonPage } from '../pages/comparison.js';
import { runPage } from '../pages/run.js';
import { selftestPage } from '../pages/selftest.js';
import { passingWatchText, watchLines } from '../pages/watch.js';
import type { Reporter, ReporterDefinition, Reports, RunKind } from '../reporter.js';
import { advanceLive, liveLines, nothingYet, type LiveLine, type LiveState } from '../views/live.js';
import { fitLines } from '../views/fit.js';
import { sizeOf, terminalPage, terminalPalette, type Palette } from '../views/page.js';
import { oneLine } from '../views/text.js';
import { textWidth } from '../views/width.js';
import { plainLines, PlainReporter, plainPage, plainWatch, widePage, type PageOf } from './plain.js';

/** Live progress on a terminal that can move its cursor, plain lines everywhere else; then the summary. */
export const terminalReporter: ReporterDefinition = {
  writes: 'stream',
  kinds: {
    run: (to) => followRun(to, ({ report, baseline }, page) => runPage(report, page, baseline)),
    comparison: (to) => followRun(to, comparisonPage),
    bisection: (to) => followRun(to, bisectionPage),
    benchmark: (to) => plainPage('terminal', to, benchmarkPage),
    selftest: (to) => plainPage('terminal', to, selftestPage),
    watch: (to) => (isLive(to) ? liveWatch(to) : plainWatch('terminal', to)),
  },
};

function followRun<K extends RunKind>(to: Destination, page: PageOf<Reports[K]>): Reporter<K> {
  return isLive(to) ? new LiveReporter<K>(to, page) : new PlainReporter<K>('terminal', to, page);
}

function isLive({ stream, env, detail }: Destination): boolean {
  return stream.isTTY === true && env['TERM'] !== 'dumb' && detail !== 'quiet';
}

/** Milliseconds between two redraws: at most ten a second. */
const redraw = 100;

/** One line a kernel, redrawn in place; then, at the end, the summary instead of it. */
export class LiveReporter<K extends RunKind> implements Reporter<K> {
  readonly name = 'terminal';
  readonly #to: Destination;
  readonly #pageOf: PageOf<Reports[K]>;
  readonly #palette: Palette;
  readonly #screen: LiveScreen;
  #state: LiveState = nothingYet;
  #notices: LiveLine[] = [];
  readonly #noticed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(to: Destination, pageOf: PageOf<Reports[K]>) {
    this.#to = to;
    this.#pageOf = pageOf;
    this.#palette = terminalPalette(to.stream, to.env);
    this.#screen = new LiveScreen(to.stream);
  }

  onEvent(event: RunEvent): void {
    this.#state = advanceLive(this.#state, event, performance.now());
    if (event.type === 'notice') this.#notice(event.text);
    else if (this.#to.detail === 'verbose' && event.type !== 'run-started') this.#above(plainLines(event, 'verbose'));
    // Unreferenced: a forgotten reporter must not keep the process alive.
    this.#timer ??= setInterval(() => {
      this.#draw();
    }, redraw).unref();
  }

  onEnd(report: Reports[K]): void {
    this.#stop();
    const { columns } = sizeOf(this.#to.stream);
    const page = terminalPage(columns, this.#palette, this.#to);
    const lines = fitLines(this.#pageOf(report, page), columns);
    this.#screen.replaceWith([...this.#takeNotices(), ...lines.map(measured)]);
    this.#state = nothingYet;
  }

  /** Without an `onEnd` the last state stays on the screen: how far each kernel had come. */
  close(): void {
    if (this.#timer === undefined) return;
    this.#stop();
    this.#draw();
  }

  #notice(text: string): void {
    if (this.#noticed.has(text)) return;
    this.#noticed.add(text);
    this.#above([this.#palette.tones.warn(`note: ${oneLine(text)}`)]);
  }

  /** What scrolls away with the rest, above the block. */
  #above(lines: readonly string[]): void {
    this.#notices.push(...fitLines(lines, sizeOf(this.#to.stream).columns).map(measured));
  }

  #takeNotices(): readonly LiveLine[] {
    const taken = this.#notices;
    this.#notices = [];
    return taken;
  }

  #draw(): void {
    const view = { ...sizeOf(this.#to.stream), now: performance.now(), palette: this.#palette };
    this.#screen.draw(liveLines(this.#state, view), this.#takeNotices());
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function measured(text: string): LiveLine {
  return { text, width: textWidth(text) };
}

/**
 * A block of lines at the bottom of a terminal that is redrawn in place. The cursor is never hidden and no mode is
 * ever set: it waits at the start of the line below the block, so that any end, SIGKILL too, leaves a sane terminal.
 */
class LiveScreen {
  readonly #stream: TextStream;
  #drawn: readonly LiveLine[] = [];

  constructor(stream: TextStream) {
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

const eraseLine = '\r\u001b[2K';

/** What a watch is doing now stands in the last line, and goes when it is done. */
function liveWatch(to: Destination): Reporter<'watch'> {
  const { stream, env } = to;
  return {
    name: 'terminal',
    onEvent: (event) => {
      const passing = passingWatchText(event);
      const room = Math.max(0, (stream.columns ?? 0) - 1);
      const lines = passing === null ? watchLines(event, widePage(to)).map((line) => `${line}\n`) : [];
      const text = passing === null ? lines.join('') : terminalPalette(stream, env).dim(passing.slice(0, room));
      if (text !== '') stream.write(`${eraseLine}${text}`);
    },
  };
}
