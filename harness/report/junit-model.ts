import { xmlAttribute } from './xml-text.js';

/** JUnit as its readers share it: flat suites, one message in one attribute, details as text. */

export type JunitResult =
  | { readonly kind: 'passed' }
  | { readonly kind: 'skipped'; readonly message: string }
  /** `failure` is the agent's fault, `error` that of the machinery. A case never has both. */
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

/**
 * Makes every classname + name unique over the run: some readers drop the second of two equal ones in silence. Names
 * count as they will stand in the file, where different control bytes look the same.
 */
export function unique(suites: readonly JunitSuite[]): readonly JunitSuite[] {
  const seen = new Set<string>();
  const taken = (classname: string, name: string): boolean => {
    const key = `${xmlAttribute(classname)}\n${xmlAttribute(name)}`;
    return seen.size === seen.add(key).size;
  };
  const renamed = (one: JunitCase): JunitCase => {
    let name = one.name;
    for (let n = 2; taken(one.classname, name); n++) name = `${one.name} (${n})`;
    return { ...one, name };
  };
  return suites.map((suite) => ({ ...suite, cases: suite.cases.map(renamed) }));
}
