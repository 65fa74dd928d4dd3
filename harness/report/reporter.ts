// SPDX-License-Identifier: Apache-2.0
import type { BenchReport } from '../model/bench.js';
import type { RunEvent } from '../model/events.js';
import type { Manifest, ManifestDiff } from '../model/manifest.js';
import type { RunReport } from '../model/report.js';
import type { Bisection } from '../verdict/bisect.js';
import type { Comparison } from '../verdict/compare.js';
import type { Destination } from './destination.js';
import type { SelftestRow } from './pages/selftest.js';
import type { WatchEvent } from './views/watch-events.js';

/** A finished run beside its baseline. */
export interface FinishedRun {
  readonly report: RunReport;
  /** Null for a command that knows no baseline. */
  readonly baseline: BaselineResult | null;
}

/** What a run was compared with, and what came of it. */
export interface BaselineResult {
  readonly folder: string;
  /** Whether the run asked for everything, so that its manifests may become a baseline. */
  readonly scope: 'whole' | 'part';
  /** Null where there is no baseline. */
  readonly manifests: ReadonlyMap<string, Manifest> | null;
  /** Null when nothing was compared. */
  readonly diffs: readonly ManifestDiff[] | null;
  /** Why a baseline that is there was left alone as a whole: `it is about another agent`; null where it was not. */
  readonly leftAlone: string | null;
}

/** The kinds of report, and what a command hands over when it has ended. */
export interface Reports {
  readonly run: FinishedRun;
  readonly comparison: Comparison;
  readonly bisection: Bisection;
  readonly benchmark: BenchReport;
  readonly selftest: readonly SelftestRow[];
  /** A watch has no end, only events. */
  readonly watch: never;
}

/** What happens before that. */
export interface ReportEvents {
  readonly run: RunEvent;
  readonly comparison: RunEvent;
  readonly bisection: RunEvent;
  readonly benchmark: never;
  readonly selftest: never;
  readonly watch: WatchEvent;
}

export type ReportKind = keyof Reports;

/** Kinds that are made of a run: they have its events and a report folder. */
export type RunKind = 'run' | 'comparison' | 'bisection';

/** Reports to a person, a file, a CI system. Only reads; what passes and fails is decided elsewhere. */
export interface Reporter<K extends ReportKind> {
  readonly name: string;
  /** Called for each event, in order. Must return at once. */
  onEvent?(event: ReportEvents[K]): void;
  /** Called once with the finished report. */
  onEnd?(report: Reports[K]): Promise<void> | void;
  /** Called once whatever ended the command, also when `onEnd` never came: give the terminal back. */
  close?(): void;
}

/** What stands behind one name of `--reporter`. */
export interface ReporterDefinition {
  /**
   * `stream`: text as it comes, to the terminal unless a file is named. `file`: one file of the report folder.
   * `record`: one, too, written elsewhere only when it is known what all others did. `folder`: several files.
   * `commands`: lines for the runner of a CI system, which reads stderr, unless a file is named.
   */
  readonly writes: 'stream' | 'file' | 'record' | 'folder' | 'commands';
  /** How one is made for each kind of report that it knows. */
  readonly kinds: { readonly [K in ReportKind]?: (to: Destination) => Reporter<K> };
}

/** A reporter that threw. The run must fail with it: a report that is missing must not look like a green one. */
export interface ReporterFault {
  readonly reporter: string;
  readonly during: 'event' | 'end' | 'close';
  readonly error: unknown;
  /** `reporter junit: while writing the report: disk full`. */
  readonly message: string;
}

/**
 * Several reporters as one. One that throws is recorded and gets no further events, so that it cannot throw a thousand
 * times; it still gets `onEnd`, which may well work, and `close`. The others never notice.
 */
export class ReporterHub<K extends ReportKind> implements Reporter<K> {
  readonly name = 'hub';
  readonly #reporters: readonly Reporter<K>[];
  readonly #deaf = new Set<Reporter<K>>();
  readonly #faults: ReporterFault[] = [];
  #closed = false;

  constructor(reporters: readonly Reporter<K>[]) {
    this.#reporters = reporters;
  }

  /** What went wrong so far, in order. */
  get faults(): readonly ReporterFault[] {
    return this.#faults;
  }

  onEvent(event: ReportEvents[K]): void {
    for (const reporter of this.#reporters) {
      if (this.#deaf.has(reporter)) continue;
      try {
        reporter.onEvent?.(event);
      } catch (error) {
        this.#deaf.add(reporter);
        this.#record(reporter, 'event', error);
      }
    }
  }

  /** One after the other, in the given order. Never rejects: read `faults` afterwards. */
  async onEnd(report: Reports[K]): Promise<void> {
    for (const reporter of this.#reporters) {
      try {
        await reporter.onEnd?.(report);
      } catch (error) {
        this.#record(reporter, 'end', error);
      }
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const reporter of this.#reporters) {
      try {
        reporter.close?.();
      } catch (error) {
        this.#record(reporter, 'close', error);
      }
    }
  }

  #record(reporter: Reporter<K>, during: ReporterFault['during'], error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `reporter ${reporter.name}: ${doing[during]}: ${reason}`;
    this.#faults.push({ reporter: reporter.name, during, error, message });
  }
}

const doing: Readonly<Record<ReporterFault['during'], string>> = {
  event: 'while following the run',
  end: 'while writing the report',
  close: 'while closing',
};
