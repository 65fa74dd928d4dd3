// SPDX-License-Identifier: Apache-2.0
import { XMLParser } from 'fast-xml-parser';
import { UsageError } from '../model/errors.js';
import {
  type JunitCase,
  junitParts,
  junitProperty,
  type JunitResult,
  type JunitRun,
  type JunitSuite,
} from '../model/junit.js';
import { describeSchemaIssues } from './issues.js';
import {
  type CaseElement,
  type CountAttributes,
  junitDocument,
  junitLists,
  type RootElement,
  type SuiteElement,
} from './junit-schema.js';
import { plainXmlFault } from './plain-xml.js';

/** A case with nothing left out. */
export type StoredCase = Required<JunitCase>;

export type StoredSuite = Required<Omit<JunitSuite, 'cases'>> & { readonly cases: readonly StoredCase[] };

/** A JUnit file, read back. `started` has whole seconds and no zone; it is empty when the file has no suite. */
export type StoredJunit = Omit<JunitRun, 'suites'> & { readonly suites: readonly StoredSuite[] };

const parser = new XMLParser({
  ignoreAttributes: false,
  parseAttributeValue: false,
  parseTagValue: false,
  trimValues: false,
  isArray: (tag, _path, _isLeaf, isAttribute) => !isAttribute && junitLists.has(tag),
});

/**
 * Reads what the JUnit reporter has written. `path` is for messages alone.
 * @throws UsageError for a file that is cut short, was changed, or is another tool's, naming the place in it
 */
export function readJunit(text: string, path: string): StoredJunit {
  const value = parse(text, path);
  const parsed = junitDocument.safeParse(value);
  if (!parsed.success) throw damaged(path, describeSchemaIssues(parsed.error, value), parsed.error);
  const { testsuites } = parsed.data;
  const elements = testsuites.testsuite;
  const cases = elements.flatMap(({ testcase }) => testcase);
  checkCounts(path, 'testsuites', testsuites, cases);
  for (const suite of elements) checkCounts(path, `suite ${suite['@_name']}`, suite, suite.testcase);
  checkUnique(path, cases);
  return { ...runOf(path, testsuites), started: startOf(path, elements), suites: elements.map(suiteOf) };
}

function parse(text: string, path: string): unknown {
  const fault = plainXmlFault(text);
  if (fault !== null) throw damaged(path, fault);
  try {
    return parser.parse(text);
  } catch (cause) {
    throw damaged(path, `no XML: ${(cause as Error).message}`, cause);
  }
}

/** A case that is missing from the middle leaves XML that is as good as any. */
function checkCounts(path: string, place: string, said: CountAttributes, cases: readonly CaseElement[]): void {
  const found = {
    '@_tests': cases.length,
    '@_failures': cases.filter(({ failure }) => failure !== undefined).length,
    '@_errors': cases.filter(({ error }) => error !== undefined).length,
    '@_skipped': cases.filter(({ skipped }) => skipped !== undefined).length,
  };
  for (const name of ['@_tests', '@_failures', '@_errors', '@_skipped'] as const) {
    if (said[name] === undefined || said[name] === found[name]) continue;
    throw damaged(path, `${place}: ${name.slice(2)} says ${said[name]}, and there are ${found[name]}`);
  }
}

function checkUnique(path: string, cases: readonly CaseElement[]): void {
  const seen = new Set<string>();
  for (const { '@_classname': classname, '@_name': name } of cases) {
    const key = `${classname}\n${name}`;
    if (seen.has(key)) throw damaged(path, `${classname}: two cases are called ${name}`);
    seen.add(key);
  }
}

/** Every suite has the start of the run. */
function startOf(path: string, suites: readonly SuiteElement[]): string {
  const starts = [...new Set(suites.map((suite) => suite['@_timestamp']))];
  if (starts.length > 1) throw damaged(path, `its suites are of several runs: ${starts.join(', ')}`);
  return starts[0] ?? '';
}

/** What every suite says of the run; in files from before that, the root. */
function runOf(path: string, root: RootElement): Pick<JunitRun, 'name' | 'time'> {
  const said = root.testsuite.map((suite) => {
    const { run, seconds, suites } = junitProperty;
    return [run, seconds, suites].map((name) => propertyOf(suite, name));
  });
  const [first] = said;
  const [name = root['@_name'] ?? '', time, suites] = first ?? [];
  const other = said.find((one) => one.some((value, at) => value !== first?.[at]));
  if (other !== undefined) throw damaged(path, 'its suites are of several runs');
  if (suites !== undefined && suites !== String(said.length)) {
    throw damaged(path, `${junitProperty.suites} says ${suites}, and there are ${said.length}`);
  }
  if (time !== undefined && !/^\d+\.\d{3}$/.test(time)) {
    throw damaged(path, `${junitProperty.seconds}: no seconds with three decimals (found ${JSON.stringify(time)})`);
  }
  return { name, time: time === undefined ? (root['@_time'] ?? 0) : Number(time) };
}

function propertyOf({ properties }: SuiteElement, name: string): string | undefined {
  return properties?.property.find((one) => one['@_name'] === name)?.['@_value'];
}

const ownProperties: ReadonlySet<string> = new Set(Object.values(junitProperty));

function suiteOf(suite: SuiteElement): StoredSuite {
  const output = suite['system-out'] ?? '';
  const properties = (suite.properties?.property ?? []).map((one) => [one['@_name'], one['@_value']] as const);
  return {
    name: suite['@_name'],
    ...placeOf(suite),
    properties: properties.filter(([name]) => !ownProperties.has(name)),
    cases: suite.testcase.map(caseOf),
    output: output === '' ? null : output,
  };
}

/** By its properties; by its name in files from before there were any. */
function placeOf(suite: SuiteElement): Pick<JunitSuite, 'kernel' | 'part'> {
  const said = propertyOf(suite, junitProperty.part);
  const part = junitParts.find((one) => one === said);
  if (part !== undefined) return { kernel: propertyOf(suite, junitProperty.kernel) ?? null, part };
  const name = suite['@_name'];
  if (name === 'run') return { kernel: null, part: 'run' };
  const end = junitParts.find((one) => name.endsWith(`.${one}`));
  return end === undefined ? { kernel: name, part: 'load' } : { kernel: name.slice(0, -end.length - 1), part: end };
}

function caseOf(one: CaseElement): StoredCase {
  return {
    classname: one['@_classname'],
    name: one['@_name'],
    time: one['@_time'],
    result: resultOf(one),
  };
}

function resultOf({ skipped, failure, error }: CaseElement): JunitResult {
  if (skipped !== undefined) return { kind: 'skipped', message: skipped['@_message'] };
  const fault = failure ?? error;
  if (fault === undefined) return { kind: 'passed' };
  const { '@_type': type, '@_message': message, '#text': text } = fault;
  return { kind: failure === undefined ? 'error' : 'failure', type, message, text };
}

function damaged(path: string, what: string, cause?: unknown): UsageError {
  return new UsageError({
    message: `${path}: ${what}`,
    next: 'the file is damaged, edited, or written by another tool; run the matrix again to make a new one',
    cause,
  });
}
