// SPDX-License-Identifier: Apache-2.0
import type { RunEvent } from '../../model/events.js';
import { knownTime, type SessionTimes } from '../../model/session-answer.js';
import { sumOf } from '../../model/sum.js';

/** One session of a run. Times in milliseconds of the clock that `advanceProgress` is given. */
interface SessionProgress {
  readonly kernel: string;
  readonly session: string;
  /** Null while it waits. */
  readonly began: number | null;
  readonly ended: number | null;
  /** Was it answered in an earlier run; false as long as that is not known. */
  readonly reused: boolean;
}

/** How far a run is, by its sessions. */
export interface RunProgress {
  readonly began: number;
  /** Sessions at the same time. */
  readonly jobs: number;
  readonly lastTimes: SessionTimes;
  readonly sessions: readonly SessionProgress[];
  /** Kernels whose sessions are not known yet. */
  readonly unplanned: ReadonlySet<string>;
}

export const noProgress: RunProgress = { began: 0, jobs: 1, lastTimes: new Map(), sessions: [], unplanned: new Set() };

/** Pure. A kernel that has ended has no session left, whatever was planned. */
export function advanceProgress(progress: RunProgress, event: RunEvent, now: number): RunProgress {
  switch (event.type) {
    case 'run-started': {
      const { jobs, lastTimes, kernels } = event;
      return { began: now, jobs, lastTimes, sessions: [], unplanned: new Set(kernels) };
    }
    case 'sessions-planned': {
      const planned = event.sessions.map((session) => ({ ...waitingSession, kernel: event.kernel, session }));
      return { ...without(progress, event.kernel), sessions: [...progress.sessions, ...planned] };
    }
    case 'session-started':
      return changeOne(progress, event, ({ began }) => began === null, { began: now });
    case 'session-ended': {
      const { session, since } = event.answer;
      const isRunning = ({ began, ended }: SessionProgress): boolean => began !== null && ended === null;
      const change = { ended: now, reused: since !== null };
      return changeOne(progress, { kernel: event.kernel, session }, isRunning, change);
    }
    case 'kernel-finished': {
      const { id } = event.report;
      const sessions = progress.sessions.filter(({ kernel, ended }) => kernel !== id || ended !== null);
      return { ...without(progress, id), sessions };
    }
    default:
      return progress;
  }
}

const waitingSession = { began: null, ended: null, reused: false } as const;

function without(progress: RunProgress, kernel: string): RunProgress {
  return { ...progress, unplanned: new Set([...progress.unplanned].filter((id) => id !== kernel)) };
}

/** The first that fits: with --repeat there are several of one name. */
function changeOne(
  progress: RunProgress,
  { kernel, session }: Pick<SessionProgress, 'kernel' | 'session'>,
  fits: (one: SessionProgress) => boolean,
  change: Partial<SessionProgress>,
): RunProgress {
  const at = progress.sessions.findIndex((one) => one.kernel === kernel && one.session === session && fits(one));
  const found = progress.sessions[at];
  return found === undefined
    ? progress
    : { ...progress, sessions: progress.sessions.with(at, { ...found, ...change }) };
}

/** What a run is thought to take on. */
export interface TimeLeft {
  /** Milliseconds. */
  readonly ms: number;
  /** `least`: there are kernels that nothing can be said of yet. */
  readonly kind: 'about' | 'least';
}

/**
 * From what each session took when it was last asked, at the pace of those that have ended: the longest first, on as many
 * places as there are. Null where one was never asked.
 */
export function runTimeLeft(progress: RunProgress, now: number): TimeLeft | null {
  const open = progress.sessions.filter(({ ended }) => ended === null);
  const expected = open.map((one) => knownTime(progress.lastTimes, one));
  if (open.length === 0 || expected.includes(null)) return null;
  const pace = paceOf(progress);
  const left = open.map(({ began }, index) => {
    const whole = (expected[index] ?? 0) * pace;
    return { isRunning: began !== null, ms: began === null ? whole : Math.max(0, whole - (now - began)) };
  });
  const places = left.filter(({ isRunning }) => isRunning).map(({ ms }) => ms);
  const waiting = left.filter(({ isRunning }) => !isRunning).map(({ ms }) => ms);
  const kind = progress.unplanned.size === 0 ? 'about' : 'least';
  return { ms: scheduled(places, waiting, progress.jobs), kind };
}

/** Milliseconds until the last has ended. */
function scheduled(running: readonly number[], waiting: readonly number[], jobs: number): number {
  const places = [...running, ...Array.from({ length: Math.max(0, jobs - running.length) }, () => 0)];
  for (const ms of waiting.toSorted((a, b) => b - a)) {
    const first = places.indexOf(Math.min(...places));
    places[first] = (places[first] ?? 0) + ms;
  }
  return Math.max(0, ...places);
}

/** A host that is busier than it was, or less so; within bounds, since the first to end are the short ones. */
function paceOf({ sessions, lastTimes }: RunProgress): number {
  const measured = sessions.flatMap((one) => {
    const expected = knownTime(lastTimes, one);
    const { began, ended, reused } = one;
    if (began === null || ended === null || reused || expected === null) return [];
    return [{ took: ended - began, expected }];
  });
  const expected = sumOf(measured.map((one) => one.expected));
  if (expected === 0) return 1;
  return Math.min(4, Math.max(0.5, sumOf(measured.map(({ took }) => took)) / expected));
}

/** Milliseconds before which nothing is said: a run that is reused has ended by then. */
const quietStart = 2000;

/** `about 50 s left`, `more than 2 min 10 s left`; empty where nothing can be said. */
export function describeTimeLeft(progress: RunProgress, now: number): string {
  if (now - progress.began < quietStart) return '';
  const left = runTimeLeft(progress, now);
  if (left === null) return '';
  return `${left.kind === 'about' ? 'about' : 'more than'} ${roughly(left.ms)} left`;
}

/** As exact as an estimate is. */
function roughly(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds <= 10) return `${seconds} s`;
  const step = seconds < 60 ? 5 : 10;
  const rounded = Math.ceil(seconds / step) * step;
  const [minutes, rest] = [Math.floor(rounded / 60), rounded % 60];
  if (minutes === 0) return `${rest} s`;
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}
