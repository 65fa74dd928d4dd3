import type { RunEvent } from '../model/events.js';
import type { RunReport } from '../model/report.js';
import { liveLines, type LiveLine } from './live-lines.js';
import { LiveScreen, sizeOf } from './live-screen.js';
import { advance, nothingYet, type LiveState } from './live-state.js';
import { pageFor } from './page.js';
import { paletteFor, type Palette } from './palette.js';
import { PlainReporter, type TerminalOptions } from './plain.js';
import type { Reporter } from './reporter.js';
import { summaryLines } from './summary.js';
import { oneLine, width, withoutAnsi } from './text.js';

/** Live progress on a terminal that can move its cursor, plain lines everywhere else. */
export function terminalReporter(options: TerminalOptions): Reporter {
  const live = options.stream.isTTY === true && options.env['TERM'] !== 'dumb';
  return live ? new LiveReporter(options) : new PlainReporter(options);
}

/** Milliseconds between two redraws: at most ten a second. */
const redraw = 100;

/** One line a kernel, redrawn in place; then, at the end, the summary instead of it. */
export class LiveReporter implements Reporter {
  readonly name = 'terminal';
  readonly #options: TerminalOptions;
  readonly #palette: Palette;
  readonly #screen: LiveScreen;
  #state: LiveState = nothingYet;
  #notices: LiveLine[] = [];
  readonly #said = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.#palette = paletteFor(options.stream, options.env);
    this.#screen = new LiveScreen(options.stream);
  }

  onEvent(event: RunEvent): void {
    this.#state = advance(this.#state, event, Date.now());
    if (event.type === 'notice') this.#notice(event.text);
    // Unreferenced: a forgotten reporter must not keep the process alive.
    this.#timer ??= setInterval(() => {
      this.#draw();
    }, redraw).unref();
  }

  onEnd(report: RunReport, out: string): void {
    this.#stop();
    const { stream, cwd, summary = summaryLines } = this.#options;
    const page = pageFor(sizeOf(stream).columns, this.#palette, out, cwd);
    this.#screen.replaceWith([...this.#takeNotices(), ...summary(report, page).map(measured)]);
    this.#state = nothingYet;
  }

  /** Without an `onEnd` the last state stays on the screen: how far each kernel had come. */
  close(): void {
    if (this.#timer === undefined) return;
    this.#stop();
    this.#draw();
  }

  #notice(text: string): void {
    if (this.#said.has(text)) return;
    this.#said.add(text);
    this.#notices.push(measured(this.#palette.tones.warn(`note: ${oneLine(text)}`)));
  }

  #takeNotices(): readonly LiveLine[] {
    const taken = this.#notices;
    this.#notices = [];
    return taken;
  }

  #draw(): void {
    const view = { ...sizeOf(this.#options.stream), now: Date.now(), palette: this.#palette };
    this.#screen.draw(liveLines(this.#state, view), this.#takeNotices());
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function measured(text: string): LiveLine {
  return { text, width: width(withoutAnsi(text)) };
}
