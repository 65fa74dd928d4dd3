// SPDX-License-Identifier: Apache-2.0
import XMLBuilder from 'fast-xml-builder';
import { assertNever } from '../../model/assert-never.js';
import {
  type JunitCase,
  type JunitProperties,
  junitProperty,
  type JunitResult,
  type JunitRun,
  type JunitSuite,
} from '../../model/junit.js';
import { withoutAnsi } from './text.js';

/**
 * The bytes of a JUnit file. The root is bare, as Ant writes it: its schema knows no attribute there, Jenkins' knows no
 * `skipped`, and a reader that finds totals without it counts what was skipped as passed. What is known of the run
 * stands among the properties of each suite, which no reader may find without one.
 */
export function renderJunit({ name, time, started, suites }: JunitRun): string {
  const run: JunitProperties = [
    [junitProperty.run, name],
    [junitProperty.seconds, seconds(time)],
    [junitProperty.suites, String(suites.length)],
  ];
  return renderXml({
    testsuites: { testsuite: unique(suites).map((suite, index) => suiteNode(suite, { index, started, run })) },
  });
}

/**
 * Makes every classname + name unique over the run: some readers drop the second of two equal ones in silence. Names
 * count as they will stand in the file, where different control bytes look the same.
 */
function unique(suites: readonly JunitSuite[]): readonly JunitSuite[] {
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

interface SuitePlace {
  readonly index: number;
  readonly started: string;
  readonly run: JunitProperties;
}

/** In the order, and with all that the strictest of the schemas wants of a suite. */
function suiteNode(suite: JunitSuite, { index, started, run }: SuitePlace): XmlNode {
  const { name, kernel, part, cases, properties = [], output = null } = suite;
  const own: JunitProperties = [
    ...(kernel === null ? [] : [[junitProperty.kernel, kernel] as const]),
    [junitProperty.part, part],
  ];
  return {
    ...attributes({
      name,
      // Jenkins puts a package that is not empty before the name.
      package: '',
      id: String(index),
      hostname: 'localhost',
      ...counts(cases),
      time: seconds(cases.reduce((sum, { time = 0 }) => sum + Math.round(time * 1000), 0) / 1000),
      // Readers that follow the XSD want the time without a zone.
      timestamp: started.slice(0, 19),
    }),
    properties: { property: [...run, ...own, ...properties].map(([key, value]) => attributes({ name: key, value })) },
    testcase: cases.map(caseNode),
    'system-out': xmlText(output ?? ''),
    'system-err': '',
  };
}

/** No place in the source: Jenkins' schema refuses `file` and `line`, and the text of a failure has it. */
function caseNode({ classname, name, time = 0, result }: JunitCase): XmlNode {
  return { ...attributes({ classname, name, time: seconds(time) }), ...resultNode(result) };
}

function resultNode(result: JunitResult): XmlNode {
  switch (result.kind) {
    case 'passed':
      return {};
    case 'skipped':
      return { skipped: attributes({ message: result.message }) };
    case 'failure':
    case 'error': {
      const { message, type } = result;
      return { [result.kind]: { ...attributes({ message, type }), '#text': xmlText(result.text) } };
    }
    default:
      return assertNever(result);
  }
}

function counts(cases: readonly JunitCase[]): Readonly<Record<string, string>> {
  const of = (kind: JunitResult['kind']): string => String(cases.filter((one) => one.result.kind === kind).length);
  return { tests: String(cases.length), failures: of('failure'), errors: of('error'), skipped: of('skipped') };
}

function seconds(time: number): string {
  return time.toFixed(3);
}

/** An element as fast-xml-builder takes it: `@_name` is an attribute, `#text` the text, anything else a child. */
type XmlNode = Record<string, unknown>;

const builder = new XMLBuilder({
  format: true,
  ignoreAttributes: false,
  suppressEmptyNode: true,
  // On, an attribute with the value `true` would lose it, and attributes without values are not XML.
  suppressBooleanAttributes: false,
});

/** A document that any XML 1.0 parser takes, whatever its texts hold, as long as they went through the functions below. */
function renderXml(root: XmlNode): string {
  return builder.build({ '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' }, ...root });
}

function attributes(values: Readonly<Record<string, string>>): XmlNode {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`@_${name}`, xmlAttribute(value)]));
}

// All that XML 1.0 does not allow (https://www.w3.org/TR/xml/#charsets), and the C1 bytes that it discourages.
const forbidden = /[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/**
 * Text that any XML 1.0 parser takes back as it is: colours dropped, line ends as `\n`, and each forbidden character
 * (NUL, ESC, lone surrogates, U+FFFE, U+FFFF) as the visible U+FFFD. Escaping `<`, `&` and `]]>` is the builder's part.
 */
function xmlText(text: string): string {
  return withoutAnsi(text).replace(/\r\n?/g, '\n').replace(forbidden, '\ufffd');
}

/** The same for an attribute, where a parser makes every white space a blank. */
function xmlAttribute(text: string): string {
  return xmlText(text).replace(/\s+/g, ' ').trim();
}
