// SPDX-License-Identifier: Apache-2.0
import { checkClasses } from './check.js';

/** Its name in a report folder. */
export const junitName = 'junit.xml';

/** What a JUnit file holds: report/views/junit-xml.ts writes it, results/junit-read.ts reads it back. */
export interface JunitRun {
  readonly name: string;
  /** Seconds. */
  readonly time: number;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly suites: readonly JunitSuite[];
}

/** What a suite can be about. */
export const junitParts = ['run', 'load', 'machines', ...checkClasses] as const;
export type JunitPart = (typeof junitParts)[number];

export type JunitResult =
  | { readonly kind: 'passed' }
  | { readonly kind: 'skipped'; readonly message: string }
  /** `failure` is the fault of what was tested, `error` that of the machinery; a case never has both. `text` is the evidence. */
  | { readonly kind: 'failure' | 'error'; readonly type: string; readonly message: string; readonly text: string };

export interface JunitCase {
  readonly classname: string;
  readonly name: string;
  readonly result: JunitResult;
  /** Seconds, whole milliseconds of them; 0 when left out. */
  readonly time?: number;
}

/** Its time is that of its cases. */
export interface JunitSuite {
  readonly name: string;
  /** The kernel it is about; null of the suite about the run. */
  readonly kernel: string | null;
  /** What of that kernel: `load` with its boot and a command, `machines` of scenarios, or a class of checks. */
  readonly part: JunitPart;
  readonly cases: readonly JunitCase[];
  readonly properties?: JunitProperties;
  readonly output?: string | null;
}

export type JunitProperties = readonly (readonly [name: string, value: string])[];

/** Properties of every suite: of the run, then of the suite itself. */
export const junitProperty = {
  run: 'run.name',
  seconds: 'run.seconds',
  suites: 'run.suites',
  kernel: 'suite.kernel',
  part: 'suite.part',
} as const;
