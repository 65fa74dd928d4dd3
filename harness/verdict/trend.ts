// SPDX-License-Identifier: Apache-2.0
import { type Flake, type HistoryHost, type HistoryKernel, type HistoryLine, reusedIn } from '../model/history.js';
import { sumOf } from '../model/sum.js';
import { EarlierAnswers } from './flakes.js';

/** How what runs cost has changed, oldest first; all series are as long as `runs`. */
export interface Trend {
  readonly runs: readonly TrendRun[];
  /** Where runs were; times are compared only on one host, each by its letter. */
  readonly hosts: readonly TrendHost[];
  /** Instructions of the verifier, a row a kernel and program. */
  readonly costs: readonly TrendRow[];
  /** Milliseconds: of whole runs first, then of the machines of each kernel. */
  readonly times: readonly TrendRow[];
  readonly flakes: readonly (Flake & { readonly seen: string })[];
}

export interface TrendRun {
  readonly line: HistoryLine;
  readonly host: string;
  /** How many of its sessions were reused. */
  readonly reused: number;
  readonly sessions: number;
  /** Why its times stand beside the others and are not compared with them; null where they are. */
  readonly apart: string | null;
}

export interface TrendHost {
  readonly letter: string;
  readonly host: HistoryHost;
  readonly jobs: number;
}

export interface TrendRow {
  readonly kernel: string;
  /** A program; null for all of a kernel, or of a run where `kernel` is `run`. */
  readonly program: string | null;
  /** Null where a run has no such number, or none that can be compared. */
  readonly values: readonly (number | null)[];
  readonly first: number;
  readonly last: number;
  /** Releases of the kernel where they are not one. */
  readonly releases: readonly string[];
}

/** What of a history is looked at; null is everything. */
export interface TrendWanted {
  readonly kernel: ((id: string) => boolean) | null;
  readonly program: ((name: string) => boolean) | null;
}

/** The series of these runs. `lines`: oldest first. */
export function trendOf(lines: readonly HistoryLine[], { kernel, program }: TrendWanted): Trend {
  const wanted = lines.map((line) => ({
    ...line,
    kernels: line.kernels.filter(({ id }) => kernel === null || kernel(id)),
  }));
  const hosts = hostsByKey(wanted);
  const runs = wanted.map((line) => trendRun(line, hosts, wanted.at(-1)));
  const programs = program === null ? namesIn(wanted) : namesIn(wanted).filter(program);
  return {
    runs,
    hosts: [...hosts.values()],
    costs: costRows(wanted, programs),
    times: program === null ? timeRows(runs, kernel === null) : [],
    flakes: allFlakes(wanted),
  };
}

function hostKey({ host, jobs }: HistoryLine): string {
  return JSON.stringify([host.cpu, host.cpus, host.accel, jobs]);
}

/** A run without a machine was nowhere in particular. */
function hostsByKey(lines: readonly HistoryLine[]): ReadonlyMap<string, TrendHost> {
  const byKey = new Map(lines.map((line) => [hostKey(line), line]));
  return new Map([...byKey].map(([key, { host, jobs }], at) => [key, { letter: letterOf(at), host, jobs }]));
}

/** a, b, ..., z, aa. */
function letterOf(at: number): string {
  const last = String.fromCharCode(97 + (at % 26));
  return at < 26 ? last : `${letterOf(Math.floor(at / 26) - 1)}${last}`;
}

function trendRun(line: HistoryLine, hosts: ReadonlyMap<string, TrendHost>, last: HistoryLine | undefined): TrendRun {
  const { kernels } = line;
  return {
    line,
    host: hosts.get(hostKey(line))?.letter ?? '?',
    reused: reusedIn(kernels),
    sessions: sumOf(kernels.map(({ sessions }) => sessions.length)),
    apart: last === undefined ? null : whyApart({ line, kernels }, { line: last, kernels: last.kernels }),
  };
}

/** Kernels of a run whose times are looked at. */
interface Timed {
  readonly line: HistoryLine;
  readonly kernels: readonly HistoryKernel[];
}

/** Times are compared with those of the last run: of the same host, of the same sessions, all of them asked. */
function whyApart({ line, kernels }: Timed, last: Timed): string | null {
  if (reusedIn(kernels) > 0) return 'answers were reused';
  if (hostKey(line) !== hostKey(last.line)) return 'another host';
  if (subjectsOf(line) !== subjectsOf(last.line)) return 'other objects or agents';
  return askedSessions(kernels) === askedSessions(last.kernels) ? null : 'other sessions';
}

/** By name: what changes under one is what a trend is about. */
function subjectsOf({ objects, agents }: HistoryLine): string {
  return JSON.stringify([objects, agents].map((all) => all.map(({ name }) => name).sort()));
}

function askedSessions(kernels: readonly HistoryKernel[]): string {
  return JSON.stringify(kernels.map(({ id, sessions }) => [id, sessions.map(({ session }) => session).sort()]).sort());
}

function namesIn(lines: readonly HistoryLine[]): readonly string[] {
  return [...new Set(lines.flatMap(({ programs }) => programs))].sort();
}

function kernelIds(lines: readonly HistoryLine[]): readonly string[] {
  return [...new Set(lines.flatMap(({ kernels }) => kernels.map(({ id }) => id)))];
}

function costRows(lines: readonly HistoryLine[], programs: readonly string[]): readonly TrendRow[] {
  return kernelIds(lines).flatMap((id) =>
    programs.flatMap((program) => {
      const values = lines.map(({ programs: names, kernels }) => {
        const at = names.indexOf(program);
        return at < 0 ? null : (kernels.find((one) => one.id === id)?.insns[at] ?? null);
      });
      return rowOf(lines, { kernel: id, program, values });
    }),
  );
}

function timeRows(runs: readonly TrendRun[], isWhole: boolean): readonly TrendRow[] {
  const lines = runs.map(({ line }) => line);
  const ofRuns = runs.map(({ line, apart }) => (apart === null ? line.ms : null));
  const last = lines.at(-1);
  const whole = isWhole ? rowOf(lines, { kernel: 'run', program: null, values: ofRuns }) : [];
  return [
    ...whole,
    ...kernelIds(lines).flatMap((id) => {
      const values = lines.map((line) => {
        const kernel = line.kernels.find((one) => one.id === id);
        return kernel === undefined || last === undefined || !isComparable({ line, kernel }, last) ? null : kernel.ms;
      });
      return rowOf(lines, { kernel: id, program: null, values });
    }),
  ];
}

/** A kernel of a run with others is compared for itself, and one that the last run has not with any of its own. */
function isComparable(
  { line, kernel }: { readonly line: HistoryLine; readonly kernel: HistoryKernel },
  last: HistoryLine,
): boolean {
  const other = last.kernels.find(({ id }) => id === kernel.id) ?? kernel;
  return kernel.ms !== 0 && whyApart({ line, kernels: [kernel] }, { line: last, kernels: [other] }) === null;
}

/** None where there is no number at all. */
function rowOf(
  lines: readonly HistoryLine[],
  row: Pick<TrendRow, 'kernel' | 'program' | 'values'>,
): readonly TrendRow[] {
  const known = row.values.filter((value) => value !== null);
  const [first] = known;
  const last = known.at(-1);
  if (first === undefined || last === undefined) return [];
  const releases = lines.flatMap(({ kernels }, at) =>
    row.values[at] === null ? [] : (kernels.find(({ id }) => id === row.kernel)?.release ?? []),
  );
  const distinct = [...new Set(releases)];
  return [{ ...row, first, last, releases: distinct.length > 1 ? distinct : [] }];
}

/** Each once, as it was last seen. */
function allFlakes(lines: readonly HistoryLine[]): Trend['flakes'] {
  const byQuestion = new Map<string, Trend['flakes'][number]>();
  const before = new EarlierAnswers();
  for (const line of lines) {
    for (const flake of before.flakesIn(line)) {
      byQuestion.set(`${flake.kernel} ${flake.inputs}`, { ...flake, seen: line.started });
    }
    before.add(line);
  }
  return [...byQuestion.values()];
}
