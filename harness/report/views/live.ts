// SPDX-License-Identifier: Apache-2.0
import { isFailedCheck } from '../../model/check.js';
import { assertNever } from '../../model/assert-never.js';
import type { KernelPhase, RunEvent } from '../../model/events.js';
import type { Verdict } from '../../model/verdict.js';
import { doesVerdictCount } from '../../verdict/expectations.js';
import { formatCount, formatDuration } from './format.js';
import { verdictLabel } from './labels.js';
import { sumOf } from '../../model/sum.js';
import type { Palette } from './page.js';
import { advanceProgress, describeTimeLeft, noProgress, type RunProgress } from './progress.js';
import { oneLine } from './text.js';
import { clipText, padText, textWidth } from './width.js';

/** The state of one kernel, for a person who watches. Times in milliseconds of the clock that `advance` is given. */
export interface LiveKernel {
  readonly id: string;
  readonly phase: KernelPhase;
  readonly detail: string;
  /** When it left `waiting`; null before. */
  readonly began: number | null;
  readonly ended: number | null;
  readonly judged: number;
  /** Checks with an answer so far. */
  readonly checks: number;
  /** Programs and checks. */
  readonly failed: number;
  readonly verdict: Verdict | null;
}

export interface LiveState {
  readonly title: string;
  readonly kernels: readonly LiveKernel[];
  readonly progress: RunProgress;
}

export const nothingYet: LiveState = { title: '', kernels: [], progress: noProgress };

/** The state after an event. Pure; an event about a kernel nobody announced changes nothing. */
export function advanceLive(state: LiveState, event: RunEvent, now: number): LiveState {
  return kernelsAfter({ ...state, progress: advanceProgress(state.progress, event, now) }, event, now);
}

function kernelsAfter(state: LiveState, event: RunEvent, now: number): LiveState {
  switch (event.type) {
    case 'run-started':
      return { ...state, title: liveTitle(event), kernels: event.kernels.map(waiting) };
    case 'kernel-phase':
      return change(state, event.kernel, (kernel) => ({
        ...kernel,
        phase: event.phase,
        detail: event.detail,
        began: kernel.began ?? (event.phase === 'waiting' ? null : now),
      }));
    case 'program-judged': {
      const bad = doesVerdictCount(event.program) ? 1 : 0;
      return change(state, event.kernel, (kernel) => ({
        ...kernel,
        judged: kernel.judged + 1,
        failed: kernel.failed + bad,
      }));
    }
    case 'checks-judged':
      return change(state, event.kernel, (kernel) => ({
        ...kernel,
        checks: kernel.checks + event.checks.length,
        failed: kernel.failed + event.checks.filter(isFailedCheck).length,
      }));
    case 'kernel-finished': {
      const { id, detail, verdict } = event.report;
      return change(state, id, (kernel) => ({ ...kernel, phase: 'done', detail, verdict, ended: now }));
    }
    case 'notice':
    case 'sessions-planned':
    case 'session-started':
    case 'session-ended':
    case 'run-finished':
      return state;
    default:
      return assertNever(event);
  }
}

/** `bpf-matrix: 3 kernels, 2 objects (aegis, probe), 2 at a time`. */
export function liveTitle(event: Extract<RunEvent, { type: 'run-started' }>): string {
  const names = event.objects.map((object) => object.name).join(', ');
  const objects = `${formatCount(event.objects.length, 'object')}${names === '' ? '' : ` (${names})`}`;
  return `bpf-matrix: ${formatCount(event.kernels.length, 'kernel')}, ${objects}, ${event.jobs} at a time`;
}

function waiting(id: string): LiveKernel {
  return { id, phase: 'waiting', detail: '', began: null, ended: null, judged: 0, checks: 0, failed: 0, verdict: null };
}

function change(state: LiveState, id: string, edit: (kernel: LiveKernel) => LiveKernel): LiveState {
  return { ...state, kernels: state.kernels.map((kernel) => (kernel.id === id ? edit(kernel) : kernel)) };
}

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
  const hasTotal = state.progress.sessions.length > 0;
  const room = Math.max(1, view.rows - (hasTotal ? 4 : 3));
  const shown = state.kernels.length <= room ? state.kernels : mostRelevant(state.kernels, room);
  const hidden = state.kernels.filter((kernel) => !shown.includes(kernel));
  const total = totalParts(state, view.now);
  const widths = {
    id: Math.max(0, ...[...(hasTotal ? [total.id] : []), ...state.kernels.map(({ id }) => id)].map(textWidth)),
    phase: Math.max(7, hasTotal ? textWidth(total.phase) : 0),
  };
  return [
    line(oneLine(state.title), view),
    ...shown.map((kernel) => kernelLine(kernel, widths, view)),
    ...(hidden.length === 0 ? [] : [line(hiddenText(hidden), view)]),
    ...(!hasTotal ? [] : [line(partsLine(total, widths, view), view)]),
  ];
}

/** What stands in a line beside the kernel it is about. */
interface LineParts {
  readonly mark: string;
  readonly id: string;
  readonly phase: string;
  readonly detail: string;
  readonly elapsed: string;
}

/** All kernels together: sessions that have ended, checks, and how long it will still take. */
function totalParts({ kernels, progress }: LiveState, now: number): LineParts {
  const { sessions, began } = progress;
  const checks = sumOf(kernels.map((kernel) => kernel.checks));
  const failed = sumOf(kernels.map((kernel) => kernel.failed));
  const detail = [
    // First, since a narrow terminal cuts the end.
    describeTimeLeft(progress, now),
    checks === 0 ? '' : formatCount(checks, 'check'),
    failed === 0 ? '' : `${failed} failed`,
  ].filter((part) => part !== '');
  const done = sessions.filter(({ ended }) => ended !== null).length;
  const phase = `${done} of ${sessions.length}`;
  return { mark: ' ', id: 'total', phase, detail: detail.join(', '), elapsed: formatDuration(now - began) };
}

/** Busy kernels before failed ones before the rest, shown in the order of the run. */
function mostRelevant(kernels: readonly LiveKernel[], room: number): readonly LiveKernel[] {
  const weight = (kernel: LiveKernel): number => {
    if (isBusy(kernel)) return 0;
    return kernel.verdict !== null && kernel.verdict.kind !== 'pass' ? 1 : 2;
  };
  const chosen = new Set([...kernels].sort((a, b) => weight(a) - weight(b)).slice(0, room));
  return kernels.filter((kernel) => chosen.has(kernel));
}

function hiddenText(hidden: readonly LiveKernel[]): string {
  const done = hidden.filter((kernel) => kernel.verdict !== null).length;
  return `  and ${formatCount(hidden.length, 'kernel')} more, ${done} of them done`;
}

function isBusy(kernel: LiveKernel): boolean {
  return kernel.began !== null && kernel.verdict === null;
}

interface Widths {
  readonly id: number;
  readonly phase: number;
}

function kernelLine(kernel: LiveKernel, widths: Widths, view: View): LiveLine {
  const mark = isBusy(kernel) ? (spinner[Math.floor(view.now / spin) % spinner.length] ?? '|') : ' ';
  const elapsed = kernel.began === null ? '' : formatDuration((kernel.ended ?? view.now) - kernel.began);
  const parts = { mark, id: kernel.id, phase: phaseText(kernel), detail: detailOf(kernel), elapsed };
  const text = partsLine(parts, widths, view);
  return { text: painted(text, kernel, view.palette), width: textWidth(text) };
}

function partsLine({ mark, id, phase, detail, elapsed }: LineParts, widths: Widths, view: View): string {
  const room = view.columns - 1;
  const left = `${mark} ${padText(id, widths.id)}  ${padText(phase, widths.phase)}`;
  const right = elapsed.padStart(9);
  const middle = room - textWidth(left) - 2 - textWidth(right);
  // Too narrow for all: what is left is the kernel, its phase and as much of the detail as there is room for.
  return clipText(left + (middle > 0 ? `  ${padText(detail, middle)}${right}` : ''), room);
}

function phaseText(kernel: LiveKernel): string {
  if (kernel.verdict !== null) return verdictLabel(kernel.verdict).text;
  // Shorter than the phase's name, so that the column stays as narrow as `waiting`.
  return kernel.phase === 'scenarios' ? 'proving' : kernel.phase;
}

function detailOf(kernel: LiveKernel): string {
  const detail = oneLine(kernel.detail);
  if (kernel.verdict !== null) return detail;
  const parts = [
    ...(kernel.checks === 0 ? [] : [formatCount(kernel.checks, 'check')]),
    ...(kernel.failed === 0 ? [] : [`${kernel.failed} failed`]),
    ...(detail === '' ? [] : [detail]),
  ];
  return parts.join(', ');
}

function painted(text: string, kernel: LiveKernel, palette: Palette): string {
  if (kernel.verdict !== null) return palette.tones[verdictLabel(kernel.verdict).tone](text);
  return isBusy(kernel) ? text : palette.dim(text);
}

function line(text: string, view: View): LiveLine {
  const cut = clipText(text, view.columns - 1);
  return { text: cut, width: textWidth(cut) };
}
