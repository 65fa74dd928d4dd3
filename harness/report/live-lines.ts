import type { LiveKernel, LiveState } from './live-state.js';
import type { Palette } from './palette.js';
import { clip, fill, oneLine, width } from './text.js';
import { countOf, duration, verdictWords } from './words.js';

export interface View {
  /** Of the terminal, in columns and rows. */
  readonly columns: number;
  readonly rows: number;
  /** Milliseconds, of the clock the state was advanced with. */
  readonly now: number;
  readonly palette: Palette;
}

/** A line for the screen, with its width: colours make the text longer than it looks. */
export interface LiveLine {
  readonly text: string;
  readonly width: number;
}

const spinner = ['|', '/', '-', '\\'];
/** Milliseconds a spinner stands still. */
const spin = 120;

/**
 * The live block: the title and a line a kernel, each narrower than the terminal, so that no line wraps. With more
 * kernels than rows the busy ones are shown and the others counted.
 */
export function liveLines(state: LiveState, view: View): readonly LiveLine[] {
  const room = Math.max(1, view.rows - 3);
  const shown = state.kernels.length <= room ? state.kernels : mostTelling(state.kernels, room);
  const hidden = state.kernels.filter((kernel) => !shown.includes(kernel));
  const idWidth = Math.max(0, ...state.kernels.map((kernel) => width(kernel.id)));
  return [
    line(oneLine(state.title), view),
    ...shown.map((kernel) => kernelLine(kernel, idWidth, view)),
    ...(hidden.length === 0 ? [] : [line(hiddenText(hidden), view)]),
  ];
}

/** Busy kernels before failed ones before the rest, shown in the order of the run. */
function mostTelling(kernels: readonly LiveKernel[], room: number): readonly LiveKernel[] {
  const weight = (kernel: LiveKernel): number => {
    if (isBusy(kernel)) return 0;
    return kernel.verdict !== null && kernel.verdict.kind !== 'pass' ? 1 : 2;
  };
  const chosen = new Set([...kernels].sort((a, b) => weight(a) - weight(b)).slice(0, room));
  return kernels.filter((kernel) => chosen.has(kernel));
}

function hiddenText(hidden: readonly LiveKernel[]): string {
  const done = hidden.filter((kernel) => kernel.verdict !== null).length;
  return `  and ${countOf(hidden.length, 'kernel')} more, ${done} of them done`;
}

function isBusy(kernel: LiveKernel): boolean {
  return kernel.began !== null && kernel.verdict === null;
}

function kernelLine(kernel: LiveKernel, idWidth: number, view: View): LiveLine {
  const room = view.columns - 1;
  const mark = isBusy(kernel) ? (spinner[Math.floor(view.now / spin) % spinner.length] ?? '|') : ' ';
  const elapsed = kernel.began === null ? '' : duration((kernel.ended ?? view.now) - kernel.began);
  const left = `${mark} ${fill(kernel.id, idWidth)}  `;
  const word = fill(wordOf(kernel), 7);
  const right = elapsed.padStart(9);
  const middle = room - width(left) - 7 - 2 - width(right);
  // Too narrow for all: what is left is the kernel, its phase and as much of the detail as there is room for.
  const detail = middle > 0 ? `  ${fill(detailOf(kernel), middle)}${right}` : '';
  const text = clip(left + word + detail, room);
  return { text: painted(text, kernel, view.palette), width: width(text) };
}

function wordOf(kernel: LiveKernel): string {
  if (kernel.verdict !== null) return verdictWords[kernel.verdict.kind].word;
  // Shorter than the phase's name, so that the column stays as narrow as `waiting`.
  return kernel.phase === 'scenarios' ? 'proving' : kernel.phase;
}

function detailOf(kernel: LiveKernel): string {
  const detail = oneLine(kernel.detail);
  if (kernel.verdict !== null) return detail;
  const parts = [
    ...(kernel.checks === 0 ? [] : [countOf(kernel.checks, 'check')]),
    ...(kernel.failed === 0 ? [] : [`${kernel.failed} failed`]),
    ...(detail === '' ? [] : [detail]),
  ];
  return parts.join(', ');
}

function painted(text: string, kernel: LiveKernel, palette: Palette): string {
  if (kernel.verdict !== null) return palette.tones[verdictWords[kernel.verdict.kind].tone](text);
  return isBusy(kernel) ? text : palette.dim(text);
}

function line(text: string, view: View): LiveLine {
  const cut = clip(text, view.columns - 1);
  return { text: cut, width: width(cut) };
}
