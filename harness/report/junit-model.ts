/** JUnit as its readers share it: flat suites, one message in one attribute, details as text. */

export type JunitResult =
  | { readonly kind: 'passed' }
  | { readonly kind: 'skipped'; readonly message: string }
  /** `failure` is the subject's fault, `error` that of the machinery. A case never has both. */
  | { readonly kind: 'failure' | 'error'; readonly type: string; readonly message: string; readonly text: string };

export interface JunitCase {
  readonly classname: string;
  readonly name: string;
  /** Seconds. */
  readonly time: number;
  readonly source: { readonly file: string; readonly line: number } | null;
  readonly result: JunitResult;
}

export interface JunitSuite {
  readonly name: string;
  /** Seconds. */
  readonly time: number;
  readonly properties: readonly (readonly [string, string])[];
  readonly cases: readonly JunitCase[];
  readonly output: string | null;
}

export interface JunitRun {
  readonly name: string;
  /** Seconds. */
  readonly time: number;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly suites: readonly JunitSuite[];
}

/** Makes every classname + name unique over the run: some readers drop the second of two equal ones in silence. */
export function unique(suites: readonly JunitSuite[]): readonly JunitSuite[] {
  const seen = new Set<string>();
  return suites.map((suite) => ({
    ...suite,
    cases: suite.cases.map((one) => {
      let name = one.name;
      for (let n = 2; seen.has(`${one.classname}\n${name}`); n++) name = `${one.name} (${n})`;
      seen.add(`${one.classname}\n${name}`);
      return { ...one, name };
    }),
  }));
}
