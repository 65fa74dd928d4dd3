// SPDX-License-Identifier: Apache-2.0

/** What a JUnit file holds: report/views/junit-xml.ts writes it, results/junit-read.ts reads it back. */
export interface JunitRun {
  readonly name: string;
  /** Seconds. */
  readonly time: number;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly suites: readonly JunitSuite[];
}

export type JunitResult =
  | { readonly kind: 'passed' }
  | { readonly kind: 'skipped'; readonly message: string }
  /** `failure` is the fault of what was tested, `error` that of the machinery; a case never has both. `text` is the evidence. */
  | { readonly kind: 'failure' | 'error'; readonly type: string; readonly message: string; readonly text: string };

export interface JunitCase {
  readonly classname: string;
  readonly name: string;
  readonly result: JunitResult;
  /** Seconds; 0 when left out. */
  readonly time?: number;
  readonly source?: { readonly file: string; readonly line: number } | null;
}

export interface JunitSuite {
  readonly name: string;
  readonly cases: readonly JunitCase[];
  /** Seconds; 0 when left out. */
  readonly time?: number;
  readonly properties?: readonly (readonly [string, string])[];
  readonly output?: string | null;
}
