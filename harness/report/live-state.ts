import { assertNever } from '../model/assert-never.js';
import type { KernelPhase, RunEvent } from '../model/events.js';
import type { Verdict } from '../model/verdict.js';
import { isHeld } from './cases.js';
import { isFailed } from './checks.js';
import { countOf } from './words.js';

/** What a person watching wants to know of one kernel. Times in milliseconds of the clock that `advance` is given. */
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
}

export const nothingYet: LiveState = { title: '', kernels: [] };

/** The state after an event. Pure; an event about a kernel nobody announced changes nothing. */
export function advance(state: LiveState, event: RunEvent, now: number): LiveState {
  switch (event.type) {
    case 'run-started':
      return { title: titleOf(event), kernels: event.kernels.map(waiting) };
    case 'kernel-phase':
      return change(state, event.kernel, (kernel) => ({
        ...kernel,
        phase: event.phase,
        detail: event.detail,
        began: kernel.began ?? (event.phase === 'waiting' ? null : now),
      }));
    case 'program-judged': {
      const bad = isHeld(event.program) ? 1 : 0;
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
        failed: kernel.failed + event.checks.filter(isFailed).length,
      }));
    case 'kernel-finished': {
      const { id, detail, verdict } = event.report;
      return change(state, id, (kernel) => ({ ...kernel, phase: 'done', detail, verdict, ended: now }));
    }
    case 'notice':
    case 'run-finished':
      return state;
    default:
      return assertNever(event);
  }
}

/** `bpf-matrix: 3 kernels, 2 objects (aegis, probe), 2 at a time`. */
export function titleOf(event: Extract<RunEvent, { type: 'run-started' }>): string {
  const names = event.objects.map((object) => object.name).join(', ');
  const objects = `${countOf(event.objects.length, 'object')}${names === '' ? '' : ` (${names})`}`;
  return `bpf-matrix: ${countOf(event.kernels.length, 'kernel')}, ${objects}, ${event.jobs} at a time`;
}

function waiting(id: string): LiveKernel {
  return { id, phase: 'waiting', detail: '', began: null, ended: null, judged: 0, checks: 0, failed: 0, verdict: null };
}

function change(state: LiveState, id: string, edit: (kernel: LiveKernel) => LiveKernel): LiveState {
  return { ...state, kernels: state.kernels.map((kernel) => (kernel.id === id ? edit(kernel) : kernel)) };
}
