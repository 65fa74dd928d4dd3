import type { RunEvent } from '../model/events.js';
import type { RunReport } from '../model/report.js';

/** Tells a run to somebody: a person, a file, a CI system. Only reads; what passes and fails is decided elsewhere. */
export interface Reporter {
  readonly name: string;
  /** Called for each event, in order, while the run goes on. Must return at once. */
  onEvent?(event: RunEvent): void;
  /** Called once with the finished report. `out` is the folder to write into, or whose logs to point at. */
  onEnd?(report: RunReport, out: string): Promise<void> | void;
  /** Called once whatever ended the run, also when `onEnd` never came: give the terminal back. */
  close?(): void;
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
 * Tells several reporters at once. One that throws is recorded and hears no further events, so that it cannot
 * throw a thousand times; it still gets `onEnd`, which may well work, and `close`. The others never notice.
 */
export class ReporterHub implements Reporter {
  readonly name = 'hub';
  readonly #reporters: readonly Reporter[];
  readonly #deaf = new Set<Reporter>();
  readonly #faults: ReporterFault[] = [];
  #closed = false;

  constructor(reporters: readonly Reporter[]) {
    this.#reporters = reporters;
  }

  /** What went wrong so far, in order. */
  get faults(): readonly ReporterFault[] {
    return this.#faults;
  }

  onEvent(event: RunEvent): void {
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
  async onEnd(report: RunReport, out: string): Promise<void> {
    for (const reporter of this.#reporters) {
      try {
        await reporter.onEnd?.(report, out);
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

  #record(reporter: Reporter, during: ReporterFault['during'], error: unknown): void {
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
